// The chosen symbol's order book, kept once for every panel that shows it (ladder, depth chart).
// Prices are whole numbers in the instrument's scale: exact, and sorted arrays of them take a
// change in a few steps, so fifty changes a second cost next to nothing. Quantities stay decimals.

import * as decimal from "./decimal.js";

/** One side's levels, best first. `direction` is 1 where the lowest price is best. */
export class Levels {
  constructor(direction) {
    this.direction = direction;
    this.list = [];
  }

  clear() {
    this.list = [];
  }

  /** The place where a price stands, or belongs. */
  find(units) {
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.list[middle].units - units) * this.direction < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  set({ price, quantity, orders }, places) {
    const parsed = decimal.parse(price);
    const size = decimal.parse(quantity);
    if (!parsed) return;
    const units = Number(decimal.round(parsed, places).units);
    const index = this.find(units);
    const isThere = this.list[index]?.units === units;
    if (!size || size.units === 0n) {
      if (isThere) this.list.splice(index, 1);
      return;
    }
    const level = { units, name: decimal.key(price), price: parsed, quantity: size, orders };
    this.list.splice(index, isThere ? 1 : 0, level);
  }
}

export class MarketBook {
  constructor() {
    this.bids = new Levels(-1);
    this.asks = new Levels(1);
    this.forget(2);
  }

  /** `places`: the decimals of the new instrument's prices. */
  forget(places) {
    this.places = places;
    this.isKnown = false;
    this.bids.clear();
    this.asks.clear();
  }

  /** One message of the book's channel; answers whether it changed anything here. */
  hear(type, data) {
    if (type !== "snapshot" && type !== "delta") return false;
    if (type === "snapshot") {
      this.bids.clear();
      this.asks.clear();
      this.isKnown = true;
    }
    for (const level of data.bids ?? []) this.bids.set(level, this.places);
    for (const level of data.asks ?? []) this.asks.set(level, this.places);
    return true;
  }
}
