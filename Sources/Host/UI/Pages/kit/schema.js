// Form fields from a plugin's schema (the JSON Schema subset of the plugin interface): what to
// draw, and what was typed. It knows formats, never an order type.

import * as decimal from "./decimal.js";
import { h } from "./dom.js";
import { words } from "./format.js";

const NUMBER_TYPES = new Set(["number", "integer"]);
const LAST = 999;
const MICROS_A_MILLI = 1000;
/** Formats whose bounds depend on an instrument's scale. */
const SCALED_FORMATS = new Set(["price", "quantity", "money"]);

/** The ticket's own price, unless a schema says (x-oes-price) that its order type takes none. */
function priceField(schema) {
  const use = schema?.["x-oes-price"] ?? "optional";
  if (use === "none" || schema?.properties?.price) return [];
  return [{
    name: "price", title: "Price", type: "number", "x-oes-format": "price", "x-oes-order": 0,
    isRequired: use === "required",
  }];
}

/** A schema's fields, in the order that it asks for: {name, title, isRequired, …property}. */
export function fieldsOf(schema) {
  const required = new Set(schema?.required ?? []);
  const own = Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    ...property, name, title: property.title ?? words(name), isRequired: required.has(name),
  }));
  return [...priceField(schema), ...own]
    .sort((a, b) => (a["x-oes-order"] ?? LAST) - (b["x-oes-order"] ?? LAST));
}

export const formatOf = (field) => field["x-oes-format"] ?? "";
export const isNumber = (field) => NUMBER_TYPES.has(field.type) && formatOf(field) !== "time";

/** The id and name of a field's control; an order's own fields and a type's may share a name. */
export const controlName = (field) => `${field.isOwn ? "own" : "field"}-${field.name}`;

/** Bounds in words, such as "2 to 100"; empty where the schema sets none that are worth saying. */
export function limitsOf(field) {
  const [least, most] = [field.minimum, field.maximum].map((bound) =>
    bound === undefined ? null : decimal.show(String(bound)));
  if (least !== null && most !== null) return `${least} to ${most}`;
  if (most !== null) return `at most ${most}`;
  if (least !== null) return `at least ${least}`;
  return "";
}

/**
 * Whether a field is to be shown (x-oes-visible-if): a name, where that field is given, or
 * {name: value} or {name: [values]}, where it has one of them. `valueOf(name)`: what a field says.
 */
export function isVisible(field, valueOf) {
  const condition = field["x-oes-visible-if"];
  if (condition === undefined) return true;
  if (typeof condition === "string") return Boolean(valueOf(condition));
  return Object.entries(condition).every(([name, wanted]) =>
    [wanted].flat().map(String).includes(String(valueOf(name) ?? "")));
}

/** `given`: what to begin with, else the default. `onStep(input, direction)` steps a number. */
export function drawField(field, given, onStep) {
  const id = controlName(field);
  const hints = [field.description, limitsOf(field)].filter(Boolean).join(" · ");
  const unit = field["x-oes-unit"] ? ` (${field["x-oes-unit"]})` : "";
  const mark = field.isRequired || field.type === "boolean"
    ? null : h("span", { class: "optional" }, "optional");
  const error = h("p", { class: "error", id: `${id}-error` });
  const help = hints && h("p", { class: "help", id: `${id}-help` }, hints);
  const control = drawControl(field, {
    id, name: id, required: field.isRequired,
    "aria-describedby": help ? `${id}-error ${id}-help` : `${id}-error`,
  }, given ?? startOf(field), onStep);
  const box = h("div", { class: "field", "data-field": dataName(field) });
  if (field.type === "boolean") {
    box.append(h("label", { class: "check" }, control, ` ${field.title}`));
  } else {
    box.append(h("label", { for: id }, field.title, unit, mark), control);
  }
  box.append(error, help ?? "");
  return box;
}

export const dataName = (field) => (field.isOwn ? `own.${field.name}` : field.name);

/** Fields with their groups (x-oes-group) as fieldsets, in the order of their first fields. */
export function drawFields(fields, draw) {
  const groups = new Map();
  for (const field of fields) {
    const name = field["x-oes-group"] ?? "";
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(draw(field));
  }
  return Array.from(groups, ([name, boxes]) => {
    if (!name) return boxes;
    const fields = h("div", { class: "fields" }, boxes);
    return h("fieldset", { class: "group" }, h("legend", {}, name), fields);
  }).flat();
}

function startOf(field) {
  const text = field.default === undefined || field.default === null ? "" : String(field.default);
  return isNumber(field) && decimal.parse(text) ? decimal.plain(decimal.parse(text)) : text;
}

function drawControl(field, attributes, value, onStep) {
  if (field.enum) return drawSelect(field, attributes, value);
  if (field.type === "boolean") {
    const box = h("input", { ...attributes, type: "checkbox", required: false });
    box.checked = value === "true";
    return box;
  }
  if (formatOf(field) === "time") {
    return h("input", { ...attributes, type: "datetime-local", step: "1", value });
  }
  const text = h("input", { ...attributes, type: "text", autocomplete: "off", value });
  if (!isNumber(field)) return text;
  text.inputMode = "decimal";
  return drawStepper(text, field.title, onStep);
}

function drawSelect(field, attributes, value) {
  const options = field.enum.map((item) => h("option", { value: item }, words(item)));
  const mayBeEmpty = !field.isRequired && field.default === undefined;
  if (mayBeEmpty) options.unshift(h("option", { value: "" }, "–"));
  const select = h("select", attributes, options);
  if (value) select.value = value;
  return select;
}

/** A number with buttons; the arrow keys do the same, so these are no tab stops. */
function drawStepper(input, title, onStep) {
  const button = (text, verb, direction) =>
    h("button", {
      type: "button", class: "step", tabindex: "-1", "aria-label": `${verb} ${title}`,
      onclick: () => onStep(input, direction),
    }, text);
  return h(
    "div", { class: "stepper" },
    button("\u2212", "Decrease", -1), input, button("+", "Increase", 1));
}

/** What a control says: {value} as the API takes it (null where left empty), or {error}. */
export function readField(field, control) {
  if (field.type === "boolean") return { value: control.checked };
  const text = control.value.trim();
  if (!text && field.isRequired) return { error: `Enter ${field.title.toLowerCase()}.` };
  if (!text) return { value: null };
  if (formatOf(field) === "time") return { value: Date.parse(text) * MICROS_A_MILLI };
  return isNumber(field) ? readNumber(field, text) : { value: text };
}

/** Thousands may be grouped. Bounds of scaled formats are the server's to check. */
export function readNumber(field, text) {
  const value = decimal.parse(text.replaceAll(",", ""));
  if (!value) return { error: `“${text}” isn’t a number.` };
  const isScaled = SCALED_FORMATS.has(formatOf(field));
  const [least, most] = isScaled ? [null, null] : [field.minimum, field.maximum].map(decimal.parse);
  const isBeyond = (bound, sign) => bound && decimal.compare(value, bound) === sign;
  if (isBeyond(least, -1)) return { error: `At least ${decimal.plain(least)}.` };
  if (isBeyond(most, 1)) return { error: `At most ${decimal.plain(most)}.` };
  return { value: field.type === "integer" ? Number(decimal.plain(value)) : decimal.plain(value) };
}
