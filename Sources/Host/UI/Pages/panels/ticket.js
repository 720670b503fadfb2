// The order ticket. It draws itself from the schemas of the order types that the server has loaded:
// a new plugin's fields, help and limits appear here without an edit. Nothing in this file knows an
// order type or a time in force by name.

import * as decimal from "../kit/decimal.js";
import { h, setAttribute, setText } from "../kit/dom.js";
import { clearErrors, showError } from "../kit/form.js";
import { words } from "../kit/format.js";
import { EXPIRE_TIME, INSTRUCTIONS, wantsExpireTime } from "../kit/instructions.js";
import { recall, remember } from "../kit/memory.js";
import {
  controlName, dataName, drawField, drawFields, fieldsOf, formatOf, isVisible, readField,
} from "../kit/schema.js";
import { sizes, watchSetting } from "../kit/settings.js";
import { TicketCheck } from "./ticket-check.js";
import { TicketSend } from "./ticket-send.js";
import { TicketWorth } from "./ticket-worth.js";

const ORDER_TYPE = "oes.order_type";
const TIF = "oes.tif";
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
    /** The order type's fields, and the order's own (instructions, and until when). */
    this.fields = [];
    this.ownFields = [];
    const { elements } = this.form;
    this.typeSelect = elements.order_type;
    this.tifSelect = elements.tif;
    this.quantity = elements.quantity;
    this.more = this.form.querySelector("#ticket-more");
    this.worth = new TicketWorth(this);
    this.check = new TicketCheck(this);
    this.sender = new TicketSend(this);
    this.listen();
    session.watch("reference", () => this.drawChoices());
    session.watch("symbol", () => this.changeSymbol());
    session.watch("pick", (choice) => this.fill(choice));
  }

  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("keydown", (event) => this.pressed(event));
    this.typeSelect.addEventListener("change", () => {
      remember(ORDER_TYPE, this.typeSelect.value);
      this.drawFields();
    });
    this.tifSelect.addEventListener("change", () => {
      remember(TIF, this.tifSelect.value);
      this.drawFields();
    });
    for (const button of this.form.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.step(this.quantity, Number(button.dataset.step)));
    }
    watchSetting("sizes", () => this.drawSizes());
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
    const typed = new Map(this.allFields.map((field) =>
      [controlName(field), contentOf(this.control(field))]));
    const { order_types: types, times_in_force: times } = this.session.plugins;
    const type = types.find((item) => item.name === this.typeSelect.value);
    const tif = times.find((item) => item.name === this.tifSelect.value);
    this.fields = fieldsOf(type?.params_schema);
    const taken = new Set(this.fields.map((field) => field.name));
    const instructions = INSTRUCTIONS.filter((field) => !taken.has(field.name));
    const until = wantsExpireTime(tif) ? [EXPIRE_TIME] : [];
    this.ownFields = [...until, ...instructions];
    const draw = (field) => drawField(
      field, typed.get(controlName(field)), (input, direction) => this.step(input, direction));
    this.form.querySelector("#ticket-fields").replaceChildren(
      ...until.map(draw), ...drawFields(this.fields, draw));
    this.more.querySelector(".fields").replaceChildren(...instructions.map(draw));
    setText(this.form.querySelector("#order-type-help"), type?.params_schema?.description ?? "");
    this.changed();
  }

  drawSizes() {
    this.form.querySelector("#ticket-sizes").replaceChildren(...sizes().map((size, index) =>
      h("button", {
        type: "button", class: "size num", tabindex: "-1", title: `Key ${index + 1}`,
        "aria-label": `Quantity ${size} lots`, onclick: () => this.setSize(index),
      }, decimal.show(size))));
  }

  get allFields() {
    return [...this.fields, ...this.ownFields];
  }

  control(field) {
    return field === QUANTITY ? this.quantity : this.form.elements[controlName(field)];
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
    this.showVisible();
    this.showInstructions();
    this.worth.show();
    this.check.soon();
  }

  showVisible() {
    const valueOf = (name) => {
      const field = this.fields.find((item) => item.name === name);
      return field ? readField(field, this.control(field)).value : undefined;
    };
    for (const field of this.fields) {
      field.isHidden = !isVisible(field, valueOf);
      this.control(field).closest(".field").hidden = field.isHidden;
    }
    for (const group of this.form.querySelectorAll("fieldset.group")) {
      group.hidden = !group.querySelector(".field:not([hidden])");
    }
  }

  /** Which instructions are set is said while their fields are folded away, too. */
  showInstructions() {
    const isSet = (field) => field !== EXPIRE_TIME && contentOf(this.control(field)) !== "";
    const set = this.ownFields.filter(isSet).map((field) => field.title.toLowerCase());
    setText(this.more.querySelector("summary span"), set.length ? set.join(", ") : "none");
  }

  // Typing.

  focusSide(side) {
    this.sender.buttons[side].focus();
  }

  focusQuantity() {
    this.quantity.select();
  }

  focusPrice() {
    this.priceInput?.select();
  }

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

  stepQuantity(direction, isFast) {
    this.step(this.quantity, direction, isFast ? SHIFT_STEPS : 1n);
  }

  setSize(index) {
    const size = decimal.parse(sizes()[index]);
    if (!size) return;
    const lot = decimal.parse(this.session.instrument?.lot_size) ?? { units: 1n, places: 0 };
    // A lot of a hundred-millionth is no size to count by: whole units then.
    const unit = lot.places > 0 ? { units: 1n, places: 0 } : lot;
    this.quantity.value = decimal.plain(decimal.multiply(size, unit));
    this.changed();
  }

  formatFor(input) {
    if (input === this.quantity) return "quantity";
    return formatOf(this.allFields.find((field) => controlName(field) === input.name) ?? {});
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

  /** What was picked elsewhere: a price, and with it a quantity where it is to be swept. */
  fill({ price, quantity }) {
    if (this.priceInput) this.priceInput.value = decimal.key(price);
    if (quantity) this.quantity.value = decimal.plain(quantity);
    this.changed();
    this.quantity.select();
  }

  // What the form says.

  /** The order, or {error, name}: what is missing or wrong, and at which field. */
  read(side) {
    const order = {
      account_id: this.session.accountId, side, symbol: this.session.symbol,
      order_type: this.typeSelect.value, time_in_force: this.tifSelect.value,
    };
    for (const field of [QUANTITY, ...this.allFields]) {
      if (field.isHidden) continue;
      const { value, error } = readField(field, this.control(field));
      if (error) return { error, name: dataName(field) };
      if (value === null || (field.isOwn && value === false)) continue;
      const isOwn = field === QUANTITY || field.isOwn || OWN_FIELDS.has(field.name);
      if (isOwn) order[field.name] = value;
      else (order.params ??= {})[field.name] = value;
    }
    return { order };
  }

  /** The server calls a type's field `params.name`, an order's own fields by their names. */
  showErrorAt(name, text) {
    const given = String(name ?? "");
    const plain = given.replace(/^(params|own)\./, "").replace("time_in_force", "tif");
    const isParam = given.startsWith("params.");
    const among = isParam ? this.fields : [...this.ownFields, ...this.fields];
    const field = among.find((item) => item.name === plain);
    const control = field ? this.control(field) : undefined;
    if (control && this.more.contains(control)) this.more.open = true;
    showError(this.form, field ? dataName(field) : plain, text, control);
  }

  setPending(isPending) {
    for (const button of Object.values(this.sender.buttons)) {
      setAttribute(button, "aria-disabled", isPending);
    }
    setAttribute(this.form, "aria-busy", String(isPending));
  }
}

const contentOf = (control) =>
  control.type === "checkbox" ? (control.checked ? "true" : "") : control.value;

/** Selects the first of the values that is a choice; else leaves it. */
function select(element, ...values) {
  const known = new Set(Array.from(element.options, (option) => option.value));
  const value = values.find((candidate) => known.has(candidate));
  if (value !== undefined) element.value = value;
}
