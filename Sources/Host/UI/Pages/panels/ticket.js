// The order ticket. It draws itself from the schemas of the order types that the server has loaded:
// a new plugin's fields, help and limits appear here without an edit. Nothing in this file knows an
// order type or a time in force by name.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { h, setAttribute, setText } from "../kit/dom.js";
import { money, words } from "../kit/format.js";
import { recall, remember } from "../kit/memory.js";
import { toast } from "../kit/notice.js";
import { isOpen } from "../kit/session.js";

const ORDER_TYPE = "oes.order_type";
const TIF = "oes.tif";
/** Fields that stand beside the order's own, not in its `params`. */
const TOP_LEVEL = new Set(["price"]);
const NUMERIC = new Set(["number", "integer"]);
/** The names under which an answer may call a field of this form. */
const ALIASES = { type: "side", time_in_force: "tif", qty: "quantity" };

const schemaOf = (entry) => entry?.params_schema ?? { properties: {} };

/** A schema's properties in the order that it asks for, each with its name. */
function fieldsOf(entry) {
  const schema = schemaOf(entry);
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .map(([name, property]) => ({ name, ...property, isRequired: required.has(name) }))
    .sort((a, b) => (a["x-oes-order"] ?? 99) - (b["x-oes-order"] ?? 99));
}

export function mountTicket(root, session) {
  const form = root.querySelector("form");
  const typeSelect = form.elements.order_type;
  const tifSelect = form.elements.tif;
  const quantity = form.elements.quantity;
  const internal = form.elements.internal;
  const fieldBox = form.querySelector("#ticket-fields");
  const alert = form.querySelector("#ticket-alert");
  const buttons = { buy: form.elements.buy, sell: form.elements.sell };
  let fields = [];
  let pending = false;

  const entry = () => session.plugins.order_types.find((type) => type.name === typeSelect.value);
  const priceField = () => fields.find((field) => field["x-oes-format"] === "price");
  const input = (name) => form.elements[`field-${name}`] ?? form.elements[name];

  function drawChoices() {
    const types = session.plugins.order_types;
    const option = (item) =>
      h("option", { value: item.name, title: item.description }, item.title ?? words(item.name));
    typeSelect.replaceChildren(...types.map(option));
    tifSelect.replaceChildren(...session.plugins.times_in_force.map(option));
    // Without a remembered choice, one that names a price is the safer to begin with.
    const priced = types.find((type) =>
      fieldsOf(type).some((field) => field.isRequired && field["x-oes-format"] === "price"));
    choose(typeSelect, recall(ORDER_TYPE), priced?.name);
    choose(tifSelect, recall(TIF));
    drawFields();
  }

  function choose(select, ...values) {
    const known = new Set(Array.from(select.options, (option) => option.value));
    const value = values.find((candidate) => known.has(candidate));
    if (value) select.value = value;
  }

  function drawFields() {
    const typed = new Map(fields.map((field) => [field.name, input(field.name)?.value]));
    fields = fieldsOf(entry());
    fieldBox.replaceChildren(...fields.map((field) => drawField(field, typed.get(field.name))));
    setText(form.querySelector("#order-type-help"), entry()?.description ?? "");
    showSteps();
    showValue();
  }

  function drawField(field, typed) {
    const id = `field-${field.name}`;
    const common = {
      id, name: id, autocomplete: "off", required: field.isRequired,
      "aria-describedby": `${id}-error${field.description ? ` ${id}-help` : ""}`,
    };
    const first = typed ?? (field.default !== undefined ? String(field.default) : "");
    const value = decimal.parse(first) ? decimal.plain(decimal.parse(first)) : first;
    return h(
      "div", { class: "field", "data-field": field.name },
      h("label", { for: id }, field.title ?? words(field.name), optional(field)),
      control(field, common, value),
      h("p", { class: "error", id: `${id}-error` }),
      field.description ? h("p", { class: "help", id: `${id}-help` }, field.description) : null);
  }

  function optional(field) {
    return field.isRequired ? null : h("span", { class: "optional" }, "optional");
  }

  function control(field, common, value) {
    if (field.enum) {
      const options = field.enum.map((item) => h("option", { value: item }, words(item)));
      const select = h("select", common, options);
      if (value) select.value = value;
      return select;
    }
    if (field.type === "boolean") {
      const box = h("input", { ...common, type: "checkbox", required: false });
      box.checked = value === "true";
      return box;
    }
    if (field["x-oes-format"] === "time") return h("input", { ...common, type: "datetime-local", value });
    const isNumber = NUMERIC.has(field.type) || field["x-oes-format"];
    const box = h("input", { ...common, type: "text", value, inputmode: isNumber ? "decimal" : null });
    return isNumber ? stepper(box, field.title ?? words(field.name)) : box;
  }

  /** A number with buttons; the arrow keys step it as well. */
  function stepper(box, title) {
    const button = (text, name, direction) =>
      h("button", {
        type: "button", class: "step", tabindex: "-1", "aria-label": `${name} ${title}`,
        onclick: () => step(box, direction),
      }, text);
    return h(
      "div", { class: "stepper" },
      button("\u2212", "Decrease", -1), box, button("+", "Increase", 1));
  }

  function sizeOf(box) {
    const instrument = session.instrument;
    if (!instrument) return null;
    const field = fields.find((item) => `field-${item.name}` === box.name);
    const isPrice = field?.["x-oes-format"] === "price";
    const isQuantity = box === quantity || field?.["x-oes-format"] === "quantity";
    const text = isPrice ? instrument.tick_size : isQuantity ? instrument.lot_size : "1";
    return decimal.parse(text);
  }

  function step(box, direction, times = 1n) {
    const size = sizeOf(box) ?? { units: 1n, places: 0 };
    const scaled = { units: size.units * times * BigInt(direction), places: size.places };
    const sum = decimal.add(decimal.parse(box.value) ?? startOf(box), scaled);
    if (sum.units > 0n) box.value = decimal.plain(sum);
    clearErrors();
    showValue();
  }

  /** An empty price steps from the market. */
  function startOf(box) {
    const isPrice = box === priceField() || box.name === `field-${priceField()?.name}`;
    const { last, bid, ask } = session.quote ?? {};
    return (isPrice && decimal.parse(last ?? bid ?? ask)) || decimal.ZERO;
  }

  function showSteps() {
    const instrument = session.instrument;
    const tick = instrument?.tick_size ? `Tick ${decimal.trim(String(instrument.tick_size))}` : "";
    const lot = instrument?.lot_size ? `Lot ${decimal.trim(String(instrument.lot_size))}` : "";
    setText(form.querySelector("#ticket-steps"), [tick, lot].filter(Boolean).join(" · "));
  }

  // What the order is worth, from its own price or else from what the book would give now.
  function showValue() {
    const size = decimal.parse(quantity.value);
    const own = priceField() ? decimal.parse(input(priceField().name).value) : null;
    const { bid, ask } = session.quote ?? {};
    const priceFor = (side) => own ?? (priceField() ? null : decimal.parse(side === "buy" ? ask : bid));
    for (const side of ["buy", "sell"]) {
      const price = priceFor(side);
      const worth = size && price ? decimal.multiply(size, price) : null;
      setText(
        buttons[side].querySelector("small"),
        worth ? `${own ? "" : "about "}${decimal.showRounded(worth, 2)}` : "\u00a0");
    }
    const account = session.account;
    const price = priceFor("buy");
    const available = account ? decimal.parse(account.available) : null;
    setText(root.querySelector("#ticket-available"), available ? money(available) : "–");
    const after = available && size && price
      ? decimal.subtract(available, decimal.multiply(size, price)) : null;
    const element = root.querySelector("#ticket-after");
    const isShort = after && after.units < 0n;
    setText(element, after ? `${money(after)}${isShort ? " (not covered)" : ""}` : "–");
    setAttribute(element, "class", isShort ? "num down" : "num");
    const held = session.positions.get(session.symbol);
    setText(root.querySelector("#ticket-position"), held ? decimal.show(held.available) : "0");
  }

  function clearErrors() {
    for (const element of form.querySelectorAll("[aria-invalid]")) element.removeAttribute("aria-invalid");
    for (const element of form.querySelectorAll(".error")) setText(element, "");
    showAlert("", "");
  }

  function showAlert(text, kind) {
    setText(alert, text);
    alert.className = `notice ${kind}`;
    alert.hidden = !text;
  }

  function showError(field, text) {
    const name = ALIASES[field] ?? String(field ?? "").replace(/^params\./, "");
    const box = name ? input(name) : null;
    const place = form.querySelector(`[data-field="${CSS.escape(name)}"] .error`);
    if (!box?.setAttribute || !place) return showAlert(text, "reject");
    box.setAttribute("aria-invalid", "true");
    setText(place, text);
    box.focus();
  }

  /** The order as the form says it, or null after showing what is missing or wrong. */
  function compose(side) {
    const order = {
      type: side, symbol: session.symbol, order_type: typeSelect.value, tif: tifSelect.value,
      internal: internal.checked,
    };
    const size = number("quantity", quantity.value, "a quantity", true);
    if (size === undefined) return null;
    order.quantity = size;
    for (const field of fields) {
      const value = valueOf(field);
      if (value === undefined) return null;
      if (value === null) continue;
      if (TOP_LEVEL.has(field.name)) order[field.name] = value;
      else (order.params ??= {})[field.name] = value;
    }
    return order;
  }

  function valueOf(field) {
    const box = input(field.name);
    const title = (field.title ?? words(field.name)).toLowerCase();
    if (field.type === "boolean") return box.checked;
    if (field["x-oes-format"] === "time" && box.value) return new Date(box.value).toISOString();
    if (field.enum || !(NUMERIC.has(field.type) || field["x-oes-format"])) {
      if (!box.value && field.isRequired) return void showError(field.name, `Give ${title}.`);
      return box.value || null;
    }
    const text = number(field.name, box.value, title, field.isRequired);
    if (text === undefined || text === null) return text;
    const value = decimal.parse(text);
    for (const [limit, isBeyond, name] of [[field.minimum, -1, "least"], [field.maximum, 1, "most"]]) {
      const bound = decimal.parse(limit);
      // A price's or quantity's bound is in the instrument's units, which the server checks.
      const isScaled = field["x-oes-format"] === "price" || field["x-oes-format"] === "quantity";
      if (bound && !isScaled && decimal.compare(value, bound) === isBeyond) {
        return void showError(field.name, `At ${name} ${decimal.plain(bound)}.`);
      }
    }
    return field.type === "integer" && !field["x-oes-format"] ? Number(text) : text;
  }

  function number(name, text, title, isRequired) {
    const clean = text.replaceAll(",", "").trim();
    if (!clean && !isRequired) return null;
    const value = decimal.parse(clean);
    if (clean && value) return decimal.plain(value);
    showError(name, clean ? `“${text}” isn’t a number.` : `Enter ${title}.`);
    return undefined;
  }

  async function submit(side) {
    if (pending || !session.accountId || !session.symbol) return;
    clearErrors();
    const order = compose(side);
    if (!order) return;
    setPending(true);
    try {
      const answer = await api.placeOrder(session.accountId, order, () =>
        showAlert("No answer. Sending again under the same order id, so it can’t be placed twice.", "wait"));
      session.take(answer);
      showOutcome(side, answer);
    } catch (error) {
      refuse(side, error);
    } finally {
      setPending(false);
    }
  }

  function setPending(value) {
    pending = value;
    for (const button of Object.values(buttons)) setAttribute(button, "aria-disabled", value);
    form.setAttribute("aria-busy", String(value));
  }

  function showOutcome(side, order) {
    const what = `${words(side)} ${decimal.show(order.quantity)} ${order.symbol}`;
    const filled = decimal.parse(order.filled_quantity);
    const done = filled?.units
      ? `, filled ${decimal.show(filled)} at ${decimal.showRounded(order.avg_price, session.priceScale())}` : "";
    const reason = order.reason ? ` (${order.reason})` : "";
    const isGood = isOpen(order) || order.status === "filled";
    showAlert(`${what}: ${words(order.status).toLowerCase()}${done}${reason}`, isGood ? "good" : "reject");
  }

  function refuse(side, error) {
    if (error.isUnknown) {
      showAlert(
        "No answer after two tries. The order may have been taken: look at My orders once the " +
          "connection is back before sending another.", "reject");
      return;
    }
    showError(error.field, error.message);
    toast("reject", `${words(side)} ${session.symbol}`, error.message);
  }

  function fill({ price, quantity: size }) {
    const field = priceField();
    if (field && price !== undefined) input(field.name).value = decimal.key(price);
    if (size !== undefined) quantity.value = decimal.key(size);
    clearErrors();
    showValue();
    quantity.focus();
    quantity.select();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  for (const side of ["buy", "sell"]) buttons[side].addEventListener("click", () => submit(side));
  typeSelect.addEventListener("change", () => {
    remember(ORDER_TYPE, typeSelect.value);
    clearErrors();
    drawFields();
  });
  tifSelect.addEventListener("change", () => remember(TIF, tifSelect.value));
  form.addEventListener("input", () => {
    clearErrors();
    showValue();
  });
  form.addEventListener("keydown", (event) => {
    const box = event.target;
    if (event.key === "Escape") clearErrors();
    if (box.inputMode !== "decimal") return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      step(box, event.key === "ArrowUp" ? 1 : -1, event.shiftKey ? 10n : 1n);
    }
  });
  for (const button of form.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(quantity, Number(button.dataset.step)));
  }

  session.watch("reference", drawChoices);
  session.watch("symbol", () => {
    const field = priceField();
    if (field) input(field.name).value = "";
    clearErrors();
    showSteps();
    showValue();
  });
  for (const topic of ["account", "balance", "positions", "quote"]) session.watch(topic, showValue);
  session.watch("pick", fill);

  return {
    focus: (side) => buttons[side].focus(),
    focusQuantity: () => quantity.select(),
    focusPrice: () => priceField() && input(priceField().name).select(),
  };
}
