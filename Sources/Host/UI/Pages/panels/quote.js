// The strip above the panels: which symbol, its market in one line, and whether it trades.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { perFrame, setAttribute, setText } from "../kit/dom.js";
import { changeOf, sessionWords } from "../kit/market.js";
import { mountPicker } from "../kit/picker.js";

const PRICES = ["last", "bid", "ask", "open", "high", "low"];
const CLOCK_MILLIS = 30_000;

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
    session.watch("instrument", this.drawSoon);
    session.feed.watch((state) => this.connected(state.name === "live"));
    setInterval(this.drawSoon, CLOCK_MILLIS);
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
  take({ price, quantity, aggressor }) {
    const { open, high, low, volume } = this.session.quote;
    const isBeyond = (known, sign) =>
      !known || decimal.compare(decimal.parse(price), decimal.parse(known)) === sign;
    const sum = decimal.add(decimal.parse(volume) ?? decimal.ZERO, decimal.parse(quantity));
    this.session.setQuote({
      last: price, open: open ?? price, high: isBeyond(high, 1) ? price : high,
      low: isBeyond(low, -1) ? price : low, volume: decimal.plain(sum), aggressor,
    });
  }

  cell(name) {
    return this.root.querySelector(`[data-quote="${name}"]`);
  }

  draw() {
    const { quote, symbol, instrument } = this.session;
    if (!symbol) return;
    const places = this.session.priceScale();
    for (const name of PRICES) setText(this.cell(name), decimal.show(quote[name], places));
    setText(this.cell("volume"), decimal.show(quote.volume));
    setText(this.root.querySelector("#symbol-name"), instrument?.name ?? "");
    const tag = this.root.querySelector("#symbol-state");
    const { text, isOpen } = sessionWords(instrument);
    setText(tag, text);
    setAttribute(tag, "class", isOpen ? "tag open" : "tag");
    const change = changeOf(quote.last, quote.open, places);
    setText(this.cell("change"), change.text);
    setAttribute(this.cell("change"), "class", `num ${change.tone}`);
    setAttribute(this.cell("last").parentElement, "class", change.tone || null);
    const last = quote.last ? ` ${decimal.show(quote.last, places)}` : "";
    document.title = `${symbol}${last} · OES`;
  }
}
