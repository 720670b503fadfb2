// The strip above the panels: which symbol, and its market in one line.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { perFrame, setAttribute, setText } from "../kit/dom.js";
import { mountPicker } from "../kit/picker.js";

export function mountQuote(root, session) {
  const cell = (name) => root.querySelector(`[data-quote="${name}"]`);
  let market = {};
  let previous = null;

  const showSymbol = mountPicker(
    root.querySelector("#symbol"), root.querySelector("#symbol-list"),
    () => Array.from(session.instruments.values(), (item) => ({
      value: item.symbol, label: item.name ?? "",
    })),
    (symbol) => session.selectSymbol(symbol));

  const draw = perFrame(() => {
    const places = session.priceScale();
    const { bid, ask } = session.quote ?? {};
    const values = { last: market.last, bid, ask, open: market.open, high: market.high, low: market.low };
    for (const [name, value] of Object.entries(values)) setText(cell(name), decimal.show(value ?? null, places));
    setText(cell("volume"), decimal.show(market.volume ?? null));
    const state = session.instrument?.state ?? "";
    const note = root.querySelector("#symbol-state");
    setText(note, state && state !== "open" ? state : "");
    note.hidden = !note.textContent;
    const [last, open] = [decimal.parse(market.last), decimal.parse(market.open)];
    const change = last && open ? decimal.compare(last, open) : 0;
    setText(cell("change"), change > 0 ? "▲" : change < 0 ? "▼" : "");
    setAttribute(cell("last").parentElement, "class", change > 0 ? "up" : change < 0 ? "down" : "");
    document.title = `${session.symbol ?? ""} ${decimal.show(market.last ?? null, places)} · OES`;
  });

  async function load(symbol) {
    try {
      const answer = await api.ticker(symbol);
      if (symbol === session.symbol) market = answer;
    } catch (error) {
      session.tell("problem", error);
    }
    draw();
  }

  /** A trade moves the day's figures by itself; the next load confirms them. */
  function take(trade) {
    const volume = decimal.add(decimal.parse(market.volume) ?? decimal.ZERO, decimal.parse(trade.quantity));
    market = { ...market, volume: decimal.plain(volume) };
    if (!trade.internal) {
      const price = decimal.parse(trade.price);
      const beyond = (name, sign) => {
        const known = decimal.parse(market[name]);
        return !known || decimal.compare(price, known) === sign ? trade.price : market[name];
      };
      market = {
        ...market, last: trade.price, open: market.open ?? trade.price,
        high: beyond("high", 1), low: beyond("low", -1),
      };
    }
    draw();
  }

  session.watch("symbol", (symbol) => {
    market = {};
    showSymbol(symbol);
    load(symbol);
    draw();
  });
  session.watch("quote", draw);
  session.watch("trade", take);
  session.feed.watch((state) => {
    if (state.name === "live" && previous !== "live" && session.symbol) load(session.symbol);
    previous = state.name;
  });
}
