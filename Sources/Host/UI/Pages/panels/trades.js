// Time and sales of the chosen symbol, newest first. Who was the aggressor is said by an arrow and
// a word as well as by colour.

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
    this.end = () => {};
    this.drawSoon = perFrame(() => this.draw());
    session.watch("symbol", (symbol) => this.follow(symbol));
  }

  follow(symbol) {
    this.end();
    this.trades = [];
    this.isKnown = false;
    this.end = this.session.feed.subscribe(
      `oes:trades:${symbol}`, (type, data) => this.hear(type, data));
    this.drawSoon();
  }

  hear(type, data) {
    if (type === "snapshot") this.trades = (data.trades ?? []).slice(0, MOST);
    else if (type === "trade") this.trades = [data, ...this.trades].slice(0, MOST);
    this.isKnown = true;
    if (type === "trade") this.session.tell("trade", data);
    else if (this.trades.length) this.session.setQuote({ last: this.trades[0].price });
    this.drawSoon();
  }

  draw() {
    reconcile(
      this.body, this.trades, (trade) => trade.trade_id, (trade) => this.create(trade), () => {});
    this.empty.hidden = !this.isKnown || this.trades.length > 0;
  }

  create(trade) {
    const isBuy = trade.aggressor === "buy";
    return h(
      "tr", {},
      h("td", { class: "dim" }, time(trade.timestamp)),
      h("td", { class: `num ${isBuy ? "up" : "down"}` },
        h("span", { "aria-hidden": "true", class: "arrow" }, isBuy ? "▲" : "▼"),
        h("span", { class: "sr" }, isBuy ? "bought at " : "sold at "),
        decimal.show(trade.price, this.session.priceScale())),
      h("td", { class: "num" }, decimal.show(trade.quantity)));
  }
}
