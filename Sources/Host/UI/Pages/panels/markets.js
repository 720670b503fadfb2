// The watchlist: last, change, bid and ask of the symbols that the trader follows. A symbol is a
// button that chooses it; a star puts one on the list or takes it off. Trades come by the feed,
// bids and asks are asked for every few seconds while the page is looked at.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "../kit/dom.js";
import { changeOf } from "../kit/market.js";
import { recall, remember } from "../kit/memory.js";

const WATCHED = "oes.watched";
const REFRESH_MILLIS = 3000;
/** Symbols that are asked for: more than fit on any screen, few enough for the rate limit. */
const MOST = 40;

export class Markets {
  constructor(root, session) {
    this.session = session;
    this.root = root;
    this.body = root.querySelector("tbody");
    this.tickers = new Map();
    this.drawSoon = perFrame(() => this.draw());
    this.star = document.getElementById("star");
    this.star.addEventListener("click", () => this.toggle(session.symbol));
    session.watch("reference", () => this.begin());
    session.watch("symbol", this.drawSoon);
    session.watch("quote", this.drawSoon);
    session.watch("instrument", this.drawSoon);
    setInterval(() => this.refresh(), REFRESH_MILLIS);
  }

  /** Without a list of the trader's own the first symbols stand there. */
  begin() {
    const known = (recall(WATCHED) ?? "").split(" ")
      .filter((item) => this.session.instruments.has(item));
    const first = Array.from(this.session.instruments.keys()).slice(0, 12);
    this.watched = known.length ? known : first;
    this.session.feed.subscribe("oes:trades", (type, data) => this.hear(type, data));
    this.refresh();
  }

  hear(type, { symbol, price }) {
    if (type !== "trade" || !this.tickers.has(symbol)) return;
    this.tickers.set(symbol, { ...this.tickers.get(symbol), last: price });
    this.drawSoon();
  }

  toggle(symbol) {
    const isThere = this.watched.includes(symbol);
    this.watched = isThere
      ? this.watched.filter((item) => item !== symbol) : [...this.watched, symbol].slice(-MOST);
    remember(WATCHED, this.watched.join(" "));
    this.refresh();
  }

  async refresh() {
    if (document.hidden || this.session.feed.state.name !== "live" || !this.watched) {
      return this.drawSoon();
    }
    const answers = await Promise.allSettled(this.watched.slice(0, MOST).map(api.ticker));
    for (const { value } of answers) if (value) this.tickers.set(value.symbol, value);
    this.drawSoon();
  }

  draw() {
    if (!this.watched) return;
    reconcile(
      this.body, this.watched, (symbol) => symbol, (symbol) => this.create(symbol),
      (row, symbol) => this.update(row, symbol));
    this.root.querySelector(".empty").hidden = this.watched.length > 0;
    const isWatched = this.watched.includes(this.session.symbol);
    setText(this.star, isWatched ? "★" : "☆");
    setAttribute(this.star, "aria-pressed", String(isWatched));
  }

  create(symbol) {
    const choose = () => this.session.selectSymbol(symbol);
    const button = h("button", { type: "button", class: "link", onclick: choose }, symbol);
    const cell = () => h("td", { class: "num" });
    return h("tr", {}, h("th", { scope: "row" }, button), cell(), cell(), cell(), cell());
  }

  update(row, symbol) {
    const isChosen = symbol === this.session.symbol;
    const ticker = { ...this.tickers.get(symbol), ...(isChosen ? this.session.quote : {}) };
    const places = this.session.priceScale(symbol);
    const change = changeOf(ticker.last, ticker.open, places);
    const [, last, percent, bid, ask] = row.children;
    setText(last, decimal.show(ticker.last, places));
    setText(percent, change.percent || "–");
    setAttribute(percent, "class", `num ${change.tone}`);
    setText(bid, decimal.show(ticker.bid, places));
    setText(ask, decimal.show(ticker.ask, places));
    setAttribute(row, "class", isChosen ? "chosen" : null);
    setAttribute(row.querySelector("button"), "aria-current", isChosen ? "true" : null);
  }

  /** The next or the one before, for a key. */
  step(direction) {
    const list = this.watched ?? [];
    if (!list.length) return;
    const index = list.indexOf(this.session.symbol);
    this.session.selectSymbol(list[(index + direction + list.length) % list.length]);
  }
}
