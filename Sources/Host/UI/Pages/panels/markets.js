// All symbols with last, bid and ask: a symbol is a button that chooses it. Asked for every few
// seconds while the page is looked at; the chosen symbol's own panels are the live ones.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "../kit/dom.js";

const REFRESH_MILLIS = 4000;
const MOST = 30;

export class Markets {
  constructor(root, session) {
    this.session = session;
    this.body = root.querySelector("tbody");
    this.tickers = new Map();
    this.drawSoon = perFrame(() => this.draw());
    session.watch("reference", () => this.refresh());
    session.watch("symbol", this.drawSoon);
    session.watch("quote", this.drawSoon);
    setInterval(() => this.refresh(), REFRESH_MILLIS);
  }

  async refresh() {
    if (document.hidden || this.session.feed.state.name !== "live") return this.drawSoon();
    const symbols = Array.from(this.session.instruments.keys()).slice(0, MOST);
    const answers = await Promise.allSettled(symbols.map(api.ticker));
    for (const { value } of answers) if (value) this.tickers.set(value.symbol, value);
    this.drawSoon();
  }

  draw() {
    const items = Array.from(this.session.instruments.values()).slice(0, MOST);
    reconcile(
      this.body, items, (item) => item.symbol, (item) => this.create(item),
      (row, item) => this.update(row, item));
  }

  create({ symbol }) {
    const choose = () => this.session.selectSymbol(symbol);
    const button = h("button", { type: "button", class: "link", onclick: choose }, symbol);
    const cell = () => h("td", { class: "num" });
    return h("tr", {}, h("th", { scope: "row" }, button), cell(), cell(), cell());
  }

  update(row, { symbol }) {
    const isChosen = symbol === this.session.symbol;
    const ticker = { ...this.tickers.get(symbol), ...(isChosen ? this.session.quote : {}) };
    const places = this.session.priceScale(symbol);
    [ticker.last, ticker.bid, ticker.ask].forEach((price, index) =>
      setText(row.children[index + 1], decimal.show(price, places)));
    setAttribute(row, "class", isChosen ? "chosen" : null);
    setAttribute(row.querySelector("button"), "aria-current", isChosen ? "true" : null);
  }
}
