// The live book: asks above, bids below, the spread between them. Levels are kept in a map, changed
// by deltas as they come and drawn once an animation frame into rows that are made once. A level is
// a button: it fills the ticket. Mine are marked by a figure of their own, not by colour.

import * as decimal from "../kit/decimal.js";
import { h, perFrame, setAttribute, setText } from "../kit/dom.js";
import { isOpen, sideOf } from "../kit/session.js";

const DEPTH = 12;

/** One side's levels, best first when sorted. */
class Side {
  constructor(direction) {
    this.direction = direction;
    this.levels = new Map();
    this.sorted = null;
  }

  replace(levels) {
    this.levels.clear();
    for (const level of levels) this.set(level);
    this.sorted = null;
  }

  set({ price, quantity, orders }) {
    const name = decimal.key(price);
    const size = decimal.parse(quantity);
    if (!size || size.units === 0n) this.levels.delete(name);
    else this.levels.set(name, { name, price: decimal.parse(price), quantity: size, orders });
    this.sorted = null;
  }

  best(count) {
    this.sorted ??= Array.from(this.levels.values())
      .sort((a, b) => decimal.compare(a.price, b.price) * this.direction);
    return this.sorted.slice(0, count);
  }
}

export function mountBook(root, session) {
  const bids = new Side(-1);
  const asks = new Side(1);
  const asksBody = root.querySelector("#asks");
  const bidsBody = root.querySelector("#bids");
  const askRows = makeRows(asksBody, "sell");
  const bidRows = makeRows(bidsBody, "buy");
  const empty = root.querySelector(".empty");
  let last = null;
  let end = () => {};

  function makeRows(body, side) {
    const rows = Array.from({ length: DEPTH }, () => makeRow(side));
    body.replaceChildren(...(side === "sell" ? rows.toReversed() : rows).map((row) => row.element));
    return rows;
  }

  function makeRow(side) {
    const button = h("button", { type: "button", class: `price ${side === "buy" ? "up" : "down"}`, tabindex: "-1" });
    const [mine, size, total] = ["mine", "size", "total"].map((name) => h("td", { class: `num ${name}` }));
    const element = h("tr", { class: `level ${side}` }, mine, size, h("td", { class: "num" }, button), total);
    button.addEventListener("click", () => session.tell("pick", { price: button.dataset.price }));
    return { element, button, mine, size, total };
  }

  function mineBySide() {
    const sums = { buy: new Map(), sell: new Map() };
    for (const order of session.orders.values()) {
      if (order.symbol !== session.symbol || !isOpen(order) || order.internal) continue;
      const side = sums[sideOf(order)];
      const name = decimal.key(order.price);
      const left = decimal.parse(order.remaining_quantity);
      if (side && left) side.set(name, decimal.add(side.get(name) ?? decimal.ZERO, left));
    }
    return sums;
  }

  function drawSide(rows, levels, mine, places, most) {
    let total = decimal.ZERO;
    rows.forEach((row, index) => {
      const level = levels[index];
      setAttribute(row.element, "class", level ? row.element.className.replace(/ vacant/, "") : vacant(row));
      if (!level) return clear(row);
      total = decimal.add(total, level.quantity);
      const price = decimal.show(level.price, places);
      setText(row.button, price);
      row.button.dataset.price = level.name;
      row.button.disabled = false;
      setText(row.size, decimal.show(level.quantity));
      setText(row.total, decimal.show(total));
      setText(row.mine, mine.has(level.name) ? decimal.show(mine.get(level.name)) : "");
      setAttribute(row.element, "title", level.orders ? `${level.orders} order${level.orders === 1 ? "" : "s"}` : null);
      row.element.style.setProperty("--depth", decimal.share(total, most));
    });
  }

  const vacant = (row) => `${row.element.className.replace(/ vacant/, "")} vacant`;

  function clear(row) {
    for (const cell of [row.button, row.size, row.total, row.mine]) setText(cell, "");
    row.button.disabled = true;
    row.element.style.setProperty("--depth", 0);
  }

  const sum = (levels) => levels.reduce((total, level) => decimal.add(total, level.quantity), decimal.ZERO);

  const draw = perFrame(() => {
    const places = session.priceScale();
    const [askLevels, bidLevels] = [asks.best(DEPTH), bids.best(DEPTH)];
    const [askSum, bidSum] = [sum(askLevels), sum(bidLevels)];
    const most = decimal.compare(askSum, bidSum) > 0 ? askSum : bidSum;
    const mine = mineBySide();
    drawSide(askRows, askLevels, mine.sell, places, most);
    drawSide(bidRows, bidLevels, mine.buy, places, most);
    drawSpread(askLevels[0], bidLevels[0], places);
    empty.hidden = askLevels.length + bidLevels.length > 0;
    rove();
    tellQuote(askLevels[0], bidLevels[0]);
  });

  function drawSpread(ask, bid, places) {
    const spread = ask && bid ? decimal.show(decimal.subtract(ask.price, bid.price), places) : "–";
    setText(root.querySelector("#spread"), spread);
    setText(root.querySelector("#book-last"), last ? decimal.show(last, places) : "–");
  }

  function tellQuote(ask, bid) {
    const quote = { ask: ask?.name ?? null, bid: bid?.name ?? null };
    if (quote.ask === session.quote?.ask && quote.bid === session.quote?.bid) return;
    session.quote = { ...session.quote, ...quote };
    session.tell("quote", session.quote);
  }

  // One tab stop for the whole ladder; the arrow keys move along it.
  const ladder = () => [...askRows.toReversed(), ...bidRows].map((row) => row.button);

  function rove() {
    const buttons = ladder().filter((button) => !button.disabled);
    const current = buttons.find((button) => button.tabIndex === 0);
    if (current && (current === document.activeElement || buttons.length === 1)) return;
    for (const button of ladder()) button.tabIndex = -1;
    const best = askRows[0].button.disabled ? bidRows[0].button : askRows[0].button;
    if (!best.disabled) best.tabIndex = 0;
  }

  root.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const buttons = ladder().filter((button) => !button.disabled);
    const index = buttons.indexOf(document.activeElement);
    if (index < 0) return;
    event.preventDefault();
    const next = buttons[index + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    buttons[index].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  function hear(type, data) {
    if (type === "snapshot") {
      bids.replace(data.bids ?? []);
      asks.replace(data.asks ?? []);
    } else if (type === "delta") {
      for (const change of data.changes) (change.side === "buy" ? bids : asks).set(change);
    }
    draw();
  }

  session.watch("symbol", (symbol) => {
    end();
    bids.replace([]);
    asks.replace([]);
    last = null;
    session.quote = {};
    end = session.feed.subscribe(`oes:orderbook:${symbol}`, hear);
    draw();
  });
  session.watch("orders", draw);
  session.watch("last", (price) => {
    last = price;
    draw();
  });
}
