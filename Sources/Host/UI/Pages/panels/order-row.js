// One order's row, and its edit in place: price, stop price and quantity become fields; Enter
// saves, Escape leaves the order as it was, and an order that ends meanwhile ends the edit.

import * as decimal from "../kit/decimal.js";
import { h, setAttribute, setText } from "../kit/dom.js";
import { moment, titleIn, words } from "../kit/format.js";
import { isOpen, orderId, sideOf, statusOf, tifOf } from "../kit/order-store.js";
import { whyNot } from "../kit/who.js";

const COLUMNS = [
  "time", "symbol", "side", "kind", "price", "stop", "quantity", "filled", "average", "tif",
  "status",
];
const NUMBERS = new Set(["price", "stop", "quantity", "filled", "average"]);
/** Field of the API → its column. */
const EDITABLE = { price: "price", stop_price: "stop", quantity: "quantity" };

/** A child's part in its family, from its id: 2-br1:take_profit → Take profit. */
export const partOf = (order) =>
  order.parent_order_id ? words(orderId(order).slice(order.parent_order_id.length + 1)) : null;

export class OrderRow {
  constructor(orders, order) {
    this.orders = orders;
    this.session = orders.session;
    this.inputs = null;
    this.isBusy = false;
    const cell = (name) => h("td", { class: NUMBERS.has(name) ? `num ${name}` : name });
    this.cells = Object.fromEntries(COLUMNS.map((name) => [name, cell(name)]));
    this.actions = h("td", { class: "actions" });
    this.element = h(
      "tr", { "data-order": orderId(order), onkeydown: (event) => this.pressed(event) },
      Object.values(this.cells), this.actions);
    this.element.owner = this;
  }

  /** Orders are replaced, never changed: the same object has nothing new to show. */
  show(order) {
    if (order === this.order) return;
    this.order = order;
    const { plugins } = this.session;
    const { cells } = this;
    const side = sideOf(order);
    const hasFills = decimal.parse(order.filled_quantity)?.units > 0n;
    setText(cells.time, moment(order.created_at));
    setText(cells.symbol, order.symbol);
    setText(cells.side, words(side));
    setAttribute(cells.side, "class", side === "buy" ? "side up" : "side down");
    this.showKind(titleIn(plugins.order_types, order.order_type));
    setText(cells.filled, decimal.show(order.filled_quantity));
    setText(cells.average, hasFills ? decimal.showRounded(order.avg_price, this.places) : "–");
    setText(cells.tif, titleIn(plugins.times_in_force, tifOf(order)));
    this.showStatus();
    if (this.inputs && !isOpen(order)) this.inputs = null;
    if (!this.inputs) this.showEditable();
  }

  get places() {
    return this.session.priceScale(this.order.symbol);
  }

  /** A child is set in, and called by its part; whose child it is stands in its title. */
  showKind(title) {
    const { order } = this;
    const part = partOf(order);
    setAttribute(this.element, "data-child", part !== null || null);
    const name = part === null ? title : `\u21b3 ${part}`;
    setText(this.cells.kind, order.internal ? `${name}, internal` : name);
    setAttribute(this.cells.kind, "title", part === null ? null : `Of ${order.parent_order_id}`);
  }

  has(name) {
    return Boolean(decimal.parse(this.order[name])?.units);
  }

  showStatus() {
    const { order } = this;
    const reason = order.reason ? h("span", { class: "reason" }, order.reason) : "";
    const { status: cell } = this.cells;
    const status = statusOf(order);
    if (cell.textContent !== words(status) + (order.reason ?? "")) {
      cell.replaceChildren(words(status), reason);
    }
    setAttribute(cell, "data-status", status);
    setAttribute(cell, "title", order.reason);
  }

  showEditable() {
    const { order, places } = this;
    setText(this.cells.price, this.has("price") ? decimal.show(order.price, places) : "–");
    setText(this.cells.stop, this.has("stop_price") ? decimal.show(order.stop_price, places) : "–");
    setText(this.cells.quantity, decimal.show(order.quantity));
    const state = isOpen(order) ? `open ${this.isBusy}` : "ended";
    if (this.shownState === state) return;
    this.shownState = state;
    const changes = isOpen(order) ? [
      this.button("Edit", () => this.edit(), whyNot("trade")),
      this.button("Cancel", () => this.cancel(), whyNot("cancel")),
    ] : [];
    this.actions.replaceChildren(
      ...changes, this.button("History", () => this.orders.showDetails(this.order)));
  }

  /** `reason`: why it can't be pressed, where it can't. */
  button(verb, onclick, reason = null) {
    const { quantity, symbol } = this.order;
    const label = `${verb} ${sideOf(this.order)} ${decimal.show(quantity)} ${symbol}`;
    return h("button", {
      type: "button", class: "quiet", "aria-label": label, title: reason, "data-verb": verb,
      disabled: this.isBusy || reason !== null, onclick,
    }, verb);
  }

  edit() {
    const names = Object.keys(EDITABLE).filter((name) => name === "quantity" || this.has(name));
    this.inputs = names.map((name) => h("input", {
      type: "text", inputmode: "decimal", class: "cell", name, autocomplete: "off",
      value: decimal.key(this.order[name]), "aria-label": `New ${name.replace("_", " ")}`,
    }));
    for (const input of this.inputs) this.cells[EDITABLE[input.name]].replaceChildren(input);
    this.shownState = "edit";
    this.actions.replaceChildren(
      this.button("Save", () => this.save()), this.button("Discard", () => this.stop()));
    this.inputs[0].select();
  }

  stop() {
    this.inputs = null;
    this.showEditable();
    this.actions.querySelector("button")?.focus();
  }

  pressed(event) {
    const step = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
    if (!this.inputs && step) return this.moveTo(event, this.element[step]);
    if (!this.inputs) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.stop();
    } else if (event.key === "Enter" && this.inputs.includes(event.target)) {
      this.save();
    }
  }

  /** The arrow keys go to the same button of the next order. */
  moveTo(event, row) {
    const { verb } = event.target.dataset;
    const button = row?.querySelector(`[data-verb="${verb}"]`) ?? row?.querySelector("button");
    if (!verb || !button) return;
    event.preventDefault();
    button.focus();
  }

  async save() {
    const change = {};
    for (const input of this.inputs) {
      const value = decimal.parse(input.value.replaceAll(",", ""));
      if (!value) return this.showWrong(input, `“${input.value}” isn’t a number.`);
      const isNew = decimal.compare(value, decimal.parse(this.order[input.name])) !== 0;
      if (isNew) change[input.name] = decimal.plain(value);
    }
    const refusal = Object.keys(change).length ? await this.orders.edit(this.order, change) : null;
    if (!refusal) return this.inputs && this.stop();
    const input = this.inputs?.find((candidate) => candidate.name === refusal.field);
    if (input) this.showWrong(input, refusal.message);
  }

  showWrong(input, text) {
    input.setAttribute("aria-invalid", "true");
    input.title = text;
    input.focus();
  }

  async cancel() {
    this.isBusy = true;
    this.showEditable();
    await this.orders.cancel(this.order);
    this.isBusy = false;
    if (!this.inputs) this.showEditable();
  }
}
