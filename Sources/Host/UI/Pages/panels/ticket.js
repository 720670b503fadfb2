// The order ticket. It draws itself from the schemas of the order types that the server has loaded:
// a new plugin's fields, help and limits appear here without an edit. Nothing in this file knows an
// order type or a time in force by name.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { h, setAttribute, setText } from "../kit/dom.js";
import { clearErrors, showError, showNotice } from "../kit/form.js";
import { money, words } from "../kit/format.js";
import { recall, remember } from "../kit/memory.js";
import { toast } from "../kit/notice.js";
import { controlName, drawField, fieldsOf, formatOf, readField } from "../kit/schema.js";
import { isOpen, statusOf } from "../kit/session.js";

const ORDER_TYPE = "oes.order_type";
const TIF = "oes.tif";
const SIDES = ["buy", "sell"];
const QUANTITY = {
  name: "quantity", title: "Quantity", type: "number", "x-oes-format": "quantity", isRequired: true,
};
/** Of an order type's fields these stand in the order itself, the others in its `params`. */
const OWN_FIELDS = new Set(["price"]);
const SHIFT_STEPS = 10n;

export class Ticket {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.form = root.querySelector("form");
    this.fields = [];
    this.isPending = false;
    const { elements } = this.form;
    this.typeSelect = elements.order_type;
    this.tifSelect = elements.tif;
    this.quantity = elements.quantity;
    this.buttons = { buy: elements.buy, sell: elements.sell };
    this.listen();
    session.watch("reference", () => this.drawChoices());
    session.watch("symbol", () => this.changeSymbol());
    session.watch("pick", (choice) => this.fill(choice));
    for (const topic of ["account", "balance", "positions", "quote"]) {
      session.watch(topic, () => this.showValue());
    }
  }

  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("keydown", (event) => this.pressed(event));
    for (const side of SIDES) this.buttons[side].addEventListener("click", () => this.submit(side));
    this.typeSelect.addEventListener("change", () => {
      remember(ORDER_TYPE, this.typeSelect.value);
      this.drawFields();
    });
    this.tifSelect.addEventListener("change", () => remember(TIF, this.tifSelect.value));
    for (const button of this.form.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.step(this.quantity, Number(button.dataset.step)));
    }
  }

  focusSide(side) {
    this.buttons[side].focus();
  }

  focusQuantity() {
    this.quantity.select();
  }

  focusPrice() {
    this.priceInput?.select();
  }

  // Drawing.

  drawChoices() {
    const { order_types: types, times_in_force: times } = this.session.plugins;
    const option = (item) =>
      h("option", { value: item.name }, item.title ?? words(item.name));
    this.typeSelect.replaceChildren(...types.map(option));
    this.tifSelect.replaceChildren(...times.map(option));
    // Without a remembered choice, one that names a price is the safer to begin with.
    const isPriced = (type) =>
      fieldsOf(type.params_schema).some((field) => field.isRequired && formatOf(field) === "price");
    select(this.typeSelect, recall(ORDER_TYPE), types.find(isPriced)?.name);
    select(this.tifSelect, recall(TIF));
    this.drawFields();
  }

  drawFields() {
    const typed = new Map(this.fields.map((field) => [field.name, this.control(field).value]));
    const { order_types: types } = this.session.plugins;
    const type = types.find((item) => item.name === this.typeSelect.value);
    this.fields = fieldsOf(type?.params_schema);
    this.form.querySelector("#ticket-fields").replaceChildren(...this.fields.map((field) =>
      drawField(field, typed.get(field.name), (input, direction) => this.step(input, direction))));
    setText(this.form.querySelector("#order-type-help"), type?.params_schema?.description ?? "");
    this.changed();
  }

  control(field) {
    return this.form.elements[controlName(field)];
  }

  get priceInput() {
    const field = this.fields.find((item) => formatOf(item) === "price");
    return field ? this.control(field) : null;
  }

  changeSymbol() {
    for (const field of this.fields) {
      if (formatOf(field) === "price") this.control(field).value = "";
    }
    const { tick_size: tick, lot_size: lot } = this.session.instrument ?? {};
    const steps = [tick && `Tick ${decimal.key(tick)}`, lot && `Lot ${decimal.key(lot)}`];
    setText(this.root.querySelector("#ticket-steps"), steps.filter(Boolean).join(" · "));
    this.changed();
  }

  changed() {
    clearErrors(this.form);
    this.showValue();
  }

  // Worth: by the order's own price, or else by what the book would give now.

  showValue() {
    const size = decimal.parse(this.quantity.value.replaceAll(",", ""));
    const isPriced = this.priceInput !== null;
    const own = isPriced ? decimal.parse(this.priceInput.value.replaceAll(",", "")) : null;
    const { bid, ask } = this.session.quote ?? {};
    const best = { buy: decimal.parse(ask), sell: decimal.parse(bid) };
    const worth = {};
    for (const side of SIDES) {
      const price = isPriced ? own : best[side];
      worth[side] = size && price ? decimal.multiply(size, price) : null;
      const text = worth[side] ? `${isPriced ? "" : "about "}${money(worth[side])}` : "";
      setText(this.buttons[side].querySelector("small"), text);
    }
    this.showMeans(worth.buy);
  }

  showMeans(cost) {
    const { account, positions, symbol } = this.session;
    const available = decimal.parse(account?.available);
    const after = available && cost ? decimal.subtract(available, cost) : null;
    const isShort = after !== null && after.units < 0n;
    const element = this.root.querySelector("#ticket-after");
    setText(this.root.querySelector("#ticket-available"), available ? money(available) : "–");
    setText(element, after ? `${money(after)}${isShort ? ", not covered" : ""}` : "–");
    setAttribute(element, "class", isShort ? "num down" : "num");
    const held = positions.get(symbol)?.available ?? "0";
    setText(this.root.querySelector("#ticket-position"), decimal.show(held));
  }

  // Typing.

  pressed(event) {
    if (event.key === "Escape") clearErrors(this.form);
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!direction || event.target.inputMode !== "decimal") return;
    event.preventDefault();
    this.step(event.target, direction, event.shiftKey ? SHIFT_STEPS : 1n);
  }

  step(input, direction, times = 1n) {
    const size = this.stepOf(input);
    const change = { units: size.units * times * BigInt(direction), places: size.places };
    const from = decimal.parse(input.value.replaceAll(",", "")) ?? this.startOf(input);
    const sum = decimal.add(from, change);
    if (sum.units > 0n) input.value = decimal.plain(sum);
    this.changed();
  }

  formatFor(input) {
    if (input === this.quantity) return "quantity";
    return formatOf(this.fields.find((field) => controlName(field) === input.name) ?? {});
  }

  stepOf(input) {
    const { tick_size: tick, lot_size: lot } = this.session.instrument ?? {};
    const step = { price: tick, quantity: lot }[this.formatFor(input)];
    return decimal.parse(step) ?? { units: 1n, places: 0 };
  }

  /** An empty price steps from the market. */
  startOf(input) {
    const { bid, ask, last } = this.session.quote ?? {};
    const isPrice = this.formatFor(input) === "price";
    return (isPrice ? decimal.parse(last ?? bid ?? ask) : null) ?? decimal.ZERO;
  }

  /** A price that was picked elsewhere. */
  fill({ price }) {
    if (this.priceInput) this.priceInput.value = decimal.key(price);
    this.changed();
    this.quantity.select();
  }

  // Sending.

  async submit(side) {
    const { session } = this;
    if (this.isPending || !session.accountId || !session.symbol) return;
    clearErrors(this.form);
    const order = this.compose(side);
    if (!order) return;
    this.setPending(true);
    const say = "No answer. Sent again under the same order id, so it can’t be placed twice.";
    try {
      const placed = await api.placeOrder(
        session.accountId, order, () => showNotice(this.form, say, "wait"));
      session.take(placed);
      this.showOutcome(placed, side);
    } catch (error) {
      this.showRefusal(error, side, order);
    } finally {
      this.setPending(false);
    }
  }

  /** The order as the form says it; null after saying what is missing or wrong. */
  compose(side) {
    const order = {
      type: side, symbol: this.session.symbol, order_type: this.typeSelect.value,
      tif: this.tifSelect.value, internal: this.form.elements.internal.checked,
    };
    for (const field of [QUANTITY, ...this.fields]) {
      const control = field === QUANTITY ? this.quantity : this.control(field);
      const { value, error } = readField(field, control);
      if (error) {
        this.showErrorAt(field.name, error);
        return null;
      }
      if (value === null) continue;
      if (field === QUANTITY || OWN_FIELDS.has(field.name)) order[field.name] = value;
      else (order.params ??= {})[field.name] = value;
    }
    return order;
  }

  /** The server calls a plugin's field `params.name`, its own fields by their names. */
  showErrorAt(name, text) {
    const plain = String(name ?? "").replace(/^params\./, "").replace("time_in_force", "tif");
    const field = this.fields.find((item) => item.name === plain);
    showError(this.form, plain, text, field ? this.control(field) : undefined);
  }

  setPending(isPending) {
    this.isPending = isPending;
    for (const side of SIDES) setAttribute(this.buttons[side], "aria-disabled", isPending);
    setAttribute(this.form, "aria-busy", String(isPending));
  }

  showOutcome(order, side) {
    const what = `${words(side)} ${decimal.show(order.quantity)} ${order.symbol}`;
    const hasFills = decimal.parse(order.filled_quantity)?.units > 0n;
    const average = decimal.showRounded(order.avg_price, this.session.priceScale());
    const filled = hasFills ? `, filled ${decimal.show(order.filled_quantity)} at ${average}` : "";
    const reason = order.reason ? ` (${order.reason})` : "";
    const isGood = isOpen(order) || order.status === "filled";
    const text = `${what}: ${words(statusOf(order)).toLowerCase()}${filled}${reason}`;
    showNotice(this.form, text, isGood ? "good" : "reject");
  }

  showRefusal(error, side, order) {
    if (!(error instanceof api.ApiError)) throw error;
    if (error.isUnknown) {
      const advice = "Look at My orders once the connection is back before you send another.";
      showNotice(this.form, `No answer after two tries: the order may stand. ${advice}`, "reject");
      return;
    }
    this.showErrorAt(error.field, error.message);
    const what = `${words(side)} ${decimal.show(order.quantity)} ${order.symbol}`;
    toast("reject", what, error.message);
  }
}

/** Selects the first of the values that is a choice; else leaves it. */
function select(element, ...values) {
  const known = new Set(Array.from(element.options, (option) => option.value));
  const value = values.find((candidate) => known.has(candidate));
  if (value !== undefined) element.value = value;
}
