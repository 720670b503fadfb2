// The live book: asks above, bids below, the last trade between them. Levels are kept in a map,
// changed by deltas as they come and drawn once an animation frame into rows that are made once. A
// level's price is a button that fills the ticket. Mine are marked by a figure of their own, not by
// colour.

import * as decimal from "../kit/decimal.js";
import { h, perFrame, setAttribute, setText } from "../kit/dom.js";
import { isOpen, sideOf } from "../kit/session.js";

const DEPTH = 12;

/** One side's levels. `direction` is 1 where the lowest price is best. */
class Levels {
  constructor(direction) {
    this.direction = direction;
    this.byPrice = new Map();
    this.sorted = null;
  }

  replace(levels) {
    this.byPrice.clear();
    for (const level of levels) this.set(level);
  }

  set({ price, quantity, orders }) {
    const name = decimal.key(price);
    const size = decimal.parse(quantity);
    if (!size || size.units === 0n) this.byPrice.delete(name);
    else this.byPrice.set(name, { name, price: decimal.parse(price), quantity: size, orders });
    this.sorted = null;
  }

  best(count) {
    this.sorted ??= Array.from(this.byPrice.values())
      .sort((a, b) => decimal.compare(a.price, b.price) * this.direction);
    return this.sorted.slice(0, count);
  }
}

/** One row of the ladder. */
class Row {
  constructor(side, onPick) {
    this.button = h("button", {
      type: "button", class: `price ${side === "buy" ? "up" : "down"}`, tabindex: "-1",
      onclick: () => onPick(this.price),
    });
    const cell = (name) => h("td", { class: `num ${name}` });
    [this.mine, this.size, this.total] = ["mine", "size", "total"].map(cell);
    this.element = h(
      "tr", { class: `level ${side}` },
      this.mine, this.size, h("td", { class: "num" }, this.button), this.total);
  }

  show(level, total, mine, places, share) {
    this.price = level.name;
    setText(this.button, decimal.show(level.price, places));
    setText(this.size, decimal.show(level.quantity));
    setText(this.total, decimal.show(total));
    setText(this.mine, mine ? decimal.show(mine) : "");
    setAttribute(this.element, "title", level.orders ? `Orders: ${level.orders}` : null);
    this.setVacant(false);
    this.element.style.setProperty("--depth", share);
  }

  clear() {
    for (const element of [this.button, this.size, this.total, this.mine]) setText(element, "");
    setAttribute(this.element, "title", null);
    this.setVacant(true);
    this.element.style.setProperty("--depth", 0);
  }

  setVacant(isVacant) {
    this.button.disabled = isVacant;
    this.element.classList.toggle("vacant", isVacant);
  }
}

const sum = (levels) =>
  levels.reduce((total, level) => decimal.add(total, level.quantity), decimal.ZERO);

export class Book {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.levels = { buy: new Levels(-1), sell: new Levels(1) };
    this.rows = { buy: this.makeRows("buy"), sell: this.makeRows("sell") };
    root.querySelector("#bids").replaceChildren(...this.rows.buy.map((row) => row.element));
    root.querySelector("#asks").replaceChildren(
      ...this.rows.sell.toReversed().map((row) => row.element));
    /** Best last: the way they stand, from top to bottom. */
    this.ladder = [...this.rows.sell.toReversed(), ...this.rows.buy].map((row) => row.button);
    this.end = () => {};
    this.drawSoon = perFrame(() => this.draw());
    root.addEventListener("keydown", (event) => this.pressed(event));
    session.watch("symbol", (symbol) => this.follow(symbol));
    session.watch("orders", this.drawSoon);
    session.watch("quote", this.drawSoon);
  }

  makeRows(side) {
    const pick = (price) => this.session.tell("pick", { price });
    return Array.from({ length: DEPTH }, () => new Row(side, pick));
  }

  follow(symbol) {
    this.end();
    this.levels.buy.replace([]);
    this.levels.sell.replace([]);
    this.isKnown = false;
    this.end = this.session.feed.subscribe(
      `oes:orderbook:${symbol}`, (type, data) => this.hear(type, data));
    this.drawSoon();
  }

  hear(type, data) {
    if (type === "snapshot") {
      this.levels.buy.replace(data.bids ?? []);
      this.levels.sell.replace(data.asks ?? []);
      this.isKnown = true;
    } else if (type === "delta") {
      for (const level of data.bids) this.levels.buy.set(level);
      for (const level of data.asks) this.levels.sell.set(level);
    }
    this.drawSoon();
  }

  draw() {
    const asks = this.levels.sell.best(DEPTH);
    const bids = this.levels.buy.best(DEPTH);
    const sums = [sum(asks), sum(bids)];
    const most = decimal.compare(sums[0], sums[1]) > 0 ? sums[0] : sums[1];
    const mine = this.mine();
    this.drawSide(this.rows.sell, asks, mine.sell, most);
    this.drawSide(this.rows.buy, bids, mine.buy, most);
    this.drawMiddle(asks[0], bids[0]);
    this.root.querySelector(".empty").hidden = !this.isKnown || asks.length + bids.length > 0;
    this.rove();
    this.session.setQuote({ ask: asks[0]?.name ?? null, bid: bids[0]?.name ?? null });
  }

  drawSide(rows, levels, mine, most) {
    const places = this.session.priceScale();
    let total = decimal.ZERO;
    rows.forEach((row, index) => {
      const level = levels[index];
      if (!level) return row.clear();
      total = decimal.add(total, level.quantity);
      row.show(level, total, mine.get(level.name), places, decimal.share(total, most));
    });
  }

  drawMiddle(ask, bid) {
    const places = this.session.priceScale();
    const spread = ask && bid ? decimal.subtract(ask.price, bid.price) : null;
    setText(this.root.querySelector("#spread"), decimal.show(spread, places));
    setText(this.root.querySelector("#book-last"), decimal.show(this.session.quote.last, places));
  }

  /** What of mine is open at each price. */
  mine() {
    const sums = { buy: new Map(), sell: new Map() };
    for (const order of this.session.orders.values()) {
      if (order.symbol !== this.session.symbol || order.internal || !isOpen(order)) continue;
      const left = decimal.parse(order.remaining_quantity);
      const prices = sums[sideOf(order)];
      const name = decimal.key(order.price);
      if (left) prices.set(name, decimal.add(prices.get(name) ?? decimal.ZERO, left));
    }
    return sums;
  }

  // One tab stop for the whole ladder, at the best ask; the arrow keys move along it.

  rove() {
    const enabled = this.ladder.filter((button) => !button.disabled);
    if (enabled.includes(document.activeElement)) return;
    const start = [...this.rows.sell, ...this.rows.buy].map((row) => row.button)
      .find((button) => !button.disabled);
    for (const button of this.ladder) setAttribute(button, "tabindex", button === start ? 0 : -1);
  }

  pressed(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const enabled = this.ladder.filter((button) => !button.disabled);
    const index = enabled.indexOf(document.activeElement);
    if (!step || index < 0) return;
    event.preventDefault();
    const next = enabled[index + step];
    if (!next) return;
    enabled[index].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}
