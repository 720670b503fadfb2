// The strip above the panels: which symbol, and its market in one line.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { perFrame, setAttribute, setText } from "../kit/dom.js";
import { mountPicker } from "../kit/picker.js";

const PRICES = ["last", "bid", "ask", "open", "high", "low"];

export class Quote {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.drawSoon = perFrame(() => this.draw());
    const choice = ({ symbol, name }) => ({ value: symbol, label: name ?? "" });
    const choices = () => Array.from(session.instruments.values(), choice);
    this.showSymbol = mountPicker(
      root.querySelector("#symbol"), root.querySelector("#symbol-list"), choices,
      (symbol) => session.selectSymbol(symbol));
    session.watch("symbol", (symbol) => {
      this.showSymbol(symbol);
      this.load();
    });
    session.watch("trade", (trade) => this.take(trade));
    session.watch("quote", this.drawSoon);
    session.feed.watch((state) => this.connected(state.name === "live"));
  }

  /** Whatever happened while the feed was away is in the ticker. */
  connected(isLive) {
    if (isLive && this.isLive === false) this.load();
    this.isLive = isLive;
  }

  async load() {
    const { symbol } = this.session;
    if (!symbol) return;
    try {
      const { last, open, high, low, volume } = await api.ticker(symbol);
      if (symbol === this.session.symbol) this.session.setQuote({ last, open, high, low, volume });
    } catch (error) {
      this.session.tell("problem", error);
    }
  }

  /** A trade moves the day's figures by itself; the next load confirms them. */
  take({ price, quantity }) {
    const { open, high, low, volume } = this.session.quote;
    const isBeyond = (known, sign) =>
      !known || decimal.compare(decimal.parse(price), decimal.parse(known)) === sign;
    const sum = decimal.add(decimal.parse(volume) ?? decimal.ZERO, decimal.parse(quantity));
    this.session.setQuote({
      last: price, open: open ?? price, high: isBeyond(high, 1) ? price : high,
      low: isBeyond(low, -1) ? price : low, volume: decimal.plain(sum),
    });
  }

  cell(name) {
    return this.root.querySelector(`[data-quote="${name}"]`);
  }

  draw() {
    const { quote, symbol, instrument } = this.session;
    const places = this.session.priceScale();
    for (const name of PRICES) setText(this.cell(name), decimal.show(quote[name], places));
    setText(this.cell("volume"), decimal.show(quote.volume));
    const tag = this.root.querySelector("#symbol-state");
    tag.hidden = !instrument || instrument.state === "open";
    setText(tag, instrument?.state ?? "");
    this.drawChange(decimal.parse(quote.last), decimal.parse(quote.open));
    const last = quote.last ? ` ${decimal.show(quote.last, places)}` : "";
    document.title = `${symbol}${last} · OES`;
  }

  /** Against the day's first trade. */
  drawChange(last, open) {
    const change = last && open ? decimal.compare(last, open) : 0;
    setText(this.cell("change"), { 1: "▲", "-1": "▼" }[change] ?? "");
    setAttribute(this.cell("change"), "title", change ? "Against the day’s open" : null);
    const tone = { 1: "up", "-1": "down" }[change] ?? null;
    setAttribute(this.cell("last").parentElement, "class", tone);
  }
}
