// Time and sales of the chosen symbol, newest first. Who was the aggressor is said by an arrow and
// a word as well as by colour.

import * as decimal from "../kit/decimal.js";
import { h, perFrame, reconcile } from "../kit/dom.js";
import { time } from "../kit/format.js";

const MOST = 100;

export function mountTrades(root, session) {
  const body = root.querySelector("tbody");
  const empty = root.querySelector(".empty");
  let trades = [];
  let end = () => {};

  function create(trade) {
    const isBuy = trade.aggressor === "buy";
    return h(
      "tr", {},
      h("td", { class: "num dim" }, time(trade.timestamp)),
      h("td", { class: `num ${isBuy ? "up" : "down"}` },
        h("span", { "aria-hidden": "true", class: "arrow" }, isBuy ? "▲" : "▼"),
        h("span", { class: "sr" }, isBuy ? "bought at " : "sold at "),
        decimal.show(trade.price, session.priceScale())),
      h("td", { class: "num" }, decimal.show(trade.quantity)),
      h("td", { class: "dim" }, trade.internal ? "Internal" : ""));
  }

  const draw = perFrame(() => {
    reconcile(body, trades, (trade) => trade.trade_id, create, () => {});
    empty.hidden = trades.length > 0;
  });

  function hear(type, data) {
    if (type === "snapshot") trades = (data.trades ?? []).slice(0, MOST);
    else if (type === "trade") trades = [data, ...trades].slice(0, MOST);
    else return;
    const lit = trades.find((trade) => !trade.internal);
    if (lit) session.tell("last", lit.price);
    if (type === "trade") session.tell("trade", data);
    draw();
  }

  session.watch("symbol", (symbol) => {
    end();
    trades = [];
    end = session.feed.subscribe(`oes:trades:${symbol}`, hear);
    draw();
  });
}
