// Bars of one symbol and interval: what is known of the past, and each trade added as it comes.
// Text is what is read; the numbers beside it place pixels and nothing else.

import * as decimal from "./decimal.js";

export const INTERVALS = { "1s": 1e3, "1m": 6e4, "5m": 3e5, "1h": 36e5, "1d": 864e5 };
/** Enough to look back, little enough to stay flat all day. */
const MOST = 5000;

const asNumbers = (bar) => {
  for (const name of ["open", "high", "low", "close", "volume"]) {
    bar.at[name] = Number(bar[name]);
  }
  return bar;
};

export class Bars {
  constructor(interval) {
    this.span = INTERVALS[interval];
    this.list = [];
  }

  /** Bars from the server, in any order; where one is known, the newer picture wins. */
  put(bars) {
    const known = new Map(this.list.map((bar) => [bar.time, bar]));
    for (const { start, open, high, low, close, volume, trades } of bars) {
      const millis = Date.parse(start);
      known.set(millis, asNumbers({ time: millis, open, high, low, close, volume, trades, at: {} }));
    }
    this.list = Array.from(known.values()).sort((a, b) => a.time - b.time).slice(-MOST);
  }

  /** A trade; one older than the newest bar belongs to a bar that is known already. */
  add({ price, quantity, timestamp }) {
    const time = Math.floor(Date.parse(timestamp) / this.span) * this.span;
    const last = this.list.at(-1);
    if (last && time < last.time) return;
    if (!last || time > last.time) {
      const bar = { time, open: price, high: price, low: price, close: price, volume: quantity };
      this.list.push(asNumbers({ ...bar, trades: 1, at: {} }));
      if (this.list.length > MOST) this.list.shift();
      return;
    }
    const isBeyond = (known, sign) =>
      decimal.compare(decimal.parse(price), decimal.parse(known)) === sign;
    if (isBeyond(last.high, 1)) last.high = price;
    if (isBeyond(last.low, -1)) last.low = price;
    last.close = price;
    last.volume = decimal.plain(
      decimal.add(decimal.parse(last.volume), decimal.parse(quantity)));
    last.trades += 1;
    asNumbers(last);
  }
}
