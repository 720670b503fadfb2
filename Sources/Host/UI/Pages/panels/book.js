// The ladder: asks above, bids below, the last trade and the spread between them. As many levels
// as there is room for, drawn once an animation frame into rows that are made once. A level's
// price is a button that fills the ticket; its total, clicked, takes everything up to there. Mine
// are marked by a figure of their own, not by colour.

import * as decimal from "../kit/decimal.js";
import { h, perFrame, setAttribute, setText } from "../kit/dom.js";
import { isResting, sideOf } from "../kit/order-store.js";

const LEAST_DEPTH = 8;
const MOST_DEPTH = 30;

/** One row of the ladder. */
class Row {
  constructor(side, onPick) {
    this.button = h("button", {
      type: "button", class: `price ${side === "buy" ? "up" : "down"}`, tabindex: "-1",
      onclick: () => onPick({ price: this.price }),
    });
    const cell = (name) => h("td", { class: `num ${name}` });
    [this.mine, this.size, this.total] = ["mine", "size", "total"].map(cell);
    this.total.addEventListener("click", () =>
      this.price && onPick({ price: this.price, quantity: this.sum }));
    this.element = h(
      "tr", { class: `level ${side}` },
      this.mine, this.size, h("td", { class: "num" }, this.button), this.total);
  }

  show(level, total, mine, places, share) {
    this.price = level.name;
    this.sum = total;
    setText(this.button, decimal.show(level.price, places));
    setText(this.size, decimal.show(level.quantity));
    setText(this.total, decimal.show(total));
    setText(this.mine, mine ? decimal.show(mine) : "");
    setAttribute(this.element, "title", level.orders ? `Orders: ${level.orders}` : null);
    this.setVacant(false);
    this.setShare(share);
  }

  setShare(share) {
    if (share === this.share) return;
    this.share = share;
    this.element.style.setProperty("--depth", share);
  }

  clear() {
    this.price = null;
    for (const element of [this.button, this.size, this.total, this.mine]) setText(element, "");
    setAttribute(this.element, "title", null);
    this.setVacant(true);
    this.setShare(0);
  }

  setVacant(isVacant) {
    if (this.button.disabled === isVacant) return;
    this.button.disabled = isVacant;
    this.element.classList.toggle("vacant", isVacant);
  }
}

const sum = (levels) =>
  levels.reduce((total, level) => decimal.add(total, level.quantity), decimal.ZERO);

/** Of mine no more than stands there: a part may be hidden, or wait for its parent's fills. */
const least = (mine, shown) => (mine && decimal.compare(mine, shown) > 0 ? shown : mine);

export class Book {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.scroll = root.querySelector(".ladder-room");
    this.rows = { buy: [], sell: [] };
    this.drawSoon = perFrame(() => this.draw());
    this.fit();
    new ResizeObserver(() => this.fit()).observe(this.scroll);
    root.addEventListener("keydown", (event) => this.pressed(event));
    for (const topic of ["symbol", "book", "orders", "quote"]) session.watch(topic, this.drawSoon);
  }

  /** As many rows as the room has, the same above and below. */
  fit() {
    const row = this.rows.buy[0]?.element.offsetHeight || 22;
    const others = this.scroll.querySelector("thead").offsetHeight
      + this.scroll.querySelector(".middle").offsetHeight;
    const room = Math.floor((this.scroll.clientHeight - others) / row / 2);
    const depth = Math.max(LEAST_DEPTH, Math.min(MOST_DEPTH, room));
    if (depth === this.depth) return;
    this.depth = depth;
    const pick = (choice) => this.session.tell("pick", choice);
    for (const side of ["buy", "sell"]) {
      this.rows[side] = Array.from({ length: depth }, () => new Row(side, pick));
    }
    const elements = (rows) => rows.map((row) => row.element);
    this.root.querySelector("#bids").replaceChildren(...elements(this.rows.buy));
    this.root.querySelector("#asks").replaceChildren(...elements(this.rows.sell.toReversed()));
    /** The way they stand, from top to bottom. */
    this.ladder = [...this.rows.sell.toReversed(), ...this.rows.buy].map((row) => row.button);
    this.drawSoon();
  }

  draw() {
    const { book } = this.session;
    const asks = book.asks.list.slice(0, this.depth);
    const bids = book.bids.list.slice(0, this.depth);
    const sums = [sum(asks), sum(bids)];
    const most = decimal.compare(sums[0], sums[1]) > 0 ? sums[0] : sums[1];
    const mine = this.mine();
    this.drawSide(this.rows.sell, asks, mine.sell, most);
    this.drawSide(this.rows.buy, bids, mine.buy, most);
    this.drawMiddle(asks[0], bids[0]);
    this.root.querySelector(".empty").hidden = !book.isKnown || asks.length + bids.length > 0;
    this.rove();
  }

  drawSide(rows, levels, mine, most) {
    const places = this.session.priceScale();
    let total = decimal.ZERO;
    rows.forEach((row, index) => {
      const level = levels[index];
      if (!level) return row.clear();
      total = decimal.add(total, level.quantity);
      row.show(
        level, total, least(mine.get(level.name), level.quantity), places,
        decimal.share(total, most));
    });
  }

  drawMiddle(ask, bid) {
    const { quote } = this.session;
    const places = this.session.priceScale();
    const spread = ask && bid ? decimal.subtract(ask.price, bid.price) : null;
    setText(this.root.querySelector("#spread"), decimal.show(spread, places));
    setText(this.root.querySelector("#book-last"), decimal.show(quote.last, places));
    const arrow = { buy: "▲", sell: "▼" }[quote.aggressor] ?? "";
    const element = this.root.querySelector("#book-arrow");
    setText(element, arrow);
    setAttribute(element, "class", arrow === "▲" ? "arrow up" : "arrow down");
  }

  /** What of mine stands at each price. Parked orders don't; of a family no more than is shown. */
  mine() {
    const sums = { buy: new Map(), sell: new Map() };
    for (const order of this.session.orders.open.values()) {
      if (order.symbol !== this.session.symbol || !isResting(order)) continue;
      const left = decimal.parse(order.remaining_quantity);
      const prices = sums[sideOf(order)];
      const name = decimal.key(order.price);
      if (left) prices.set(name, decimal.add(prices.get(name) ?? decimal.ZERO, left));
    }
    return sums;
  }

  // One tab stop for the whole ladder, at the best ask; the arrow keys move along it.

  rove() {
    const active = document.activeElement;
    if (this.ladder.includes(active) && !active.disabled) return;
    const start = [...this.rows.sell, ...this.rows.buy].map((row) => row.button)
      .find((button) => !button.disabled);
    for (const button of this.ladder) {
      const index = button === start ? 0 : -1;
      if (button.tabIndex !== index) button.tabIndex = index;
    }
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
