// Time and sales of the chosen symbol, newest first. Who was the aggressor is said by an arrow and
// a word as well as by colour; a trade that was taken back is struck out and says so.

import * as decimal from "../kit/decimal.js";
import { h, perFrame, reconcile } from "../kit/dom.js";
import { time } from "../kit/format.js";

const MOST = 100;

export class Trades {
  constructor(root, session) {
    this.session = session;
    this.body = root.querySelector("tbody");
    this.empty = root.querySelector(".empty");
    this.trades = [];
    this.drawSoon = perFrame(() => this.draw());
    session.watch("symbol", () => this.show([], false));
    session.watch("trades", (trades) => this.show(trades, true));
    session.watch("trade", (trade) => this.show([trade, ...this.trades], true));
    session.watch("bust", (trade) => this.bust(trade));
  }

  show(trades, isKnown) {
    this.trades = trades.slice(0, MOST);
    this.isKnown = isKnown;
    this.drawSoon();
  }

  bust({ trade_id: id }) {
    this.body.rowsByKey?.get(id)?.replaceWith();
    this.body.rowsByKey?.delete(id);
    this.show(this.trades.map((trade) =>
      (trade.trade_id === id ? { ...trade, busted: true } : trade)), true);
  }

  draw() {
    reconcile(
      this.body, this.trades, (trade) => trade.trade_id, (trade) => this.create(trade), () => {});
    this.empty.hidden = !this.isKnown || this.trades.length > 0;
  }

  create(trade) {
    const isBuy = trade.aggressor === "buy";
    const taken = trade.busted ? " busted" : "";
    return h(
      "tr", { class: trade.busted ? "busted" : null },
      h("td", { class: "dim" }, time(trade.timestamp)),
      h("td", { class: `num ${isBuy ? "up" : "down"}` },
        h("span", { "aria-hidden": "true", class: "arrow" }, isBuy ? "▲" : "▼"),
        h("span", { class: "sr" }, isBuy ? "bought at " : "sold at "),
        decimal.show(trade.price, this.session.priceScale())),
      h("td", { class: "num" }, decimal.show(trade.quantity), taken));
  }
}
