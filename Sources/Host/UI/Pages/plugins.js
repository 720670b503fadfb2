// What is loaded: libraries with their hashes, and every order type, time in force, risk rule and
// notifier with its mode, calls, latency and schema. Asked for again every few seconds.

import * as api from "./kit/api.js";
import { h, reconcile, setAttribute, setText } from "./kit/dom.js";
import { Feed } from "./kit/feed.js";
import { words } from "./kit/format.js";
import { formatOf, limitsOf } from "./kit/schema.js";
import { mountShell } from "./kit/shell.js";
import { identify } from "./kit/who.js";

const REFRESH_MILLIS = 3000;
const NANOS_A_MICRO = 1000;
/** Of a hash; the whole is in its title. */
const SHOWN_DIGITS = 16;
const KINDS = {
  order_types: "Order type", times_in_force: "Time in force", risk_rules: "Risk rule",
  notifiers: "Notifier",
};
/** Schemas of an entry, with what each is for. */
const SCHEMAS = {
  params_schema: "Parameters", config_schema: "Configuration", limits_schema: "Limits",
};

mountShell(new Feed());
const $ = (id) => document.getElementById(id);
let entries = [];
let chosen = null;

const micros = (nanos) =>
  nanos ? (nanos / NANOS_A_MICRO).toLocaleString("en", { maximumFractionDigits: 1 }) : "–";
const keyOf = (entry) => `${entry.kind} ${entry.name}`;

function drawLibraries(libraries) {
  reconcile($("libraries").tBodies[0], libraries, (item) => item.id, (item) => h(
    "tr", {}, h("th", { scope: "row" }, item.id), h("td", {}, item.title),
    h("td", {}, item.vendor), h("td", {}, item.version),
    h("td", { title: item.sha256 }, h("code", {}, item.sha256.slice(0, SHOWN_DIGITS)))), () => {});
}

function createRow(entry) {
  const button = h("button", {
    type: "button", class: "link", onclick: () => choose(keyOf(entry)),
  }, entry.title ?? entry.name);
  const cell = (kind) => h("td", { class: kind });
  return h(
    "tr", {}, h("th", { scope: "row" }, button), cell(), cell(), cell(), cell(), cell(),
    cell("num"), cell("num"), cell("num"), cell("num"));
}

function updateRow(row, entry) {
  const texts = [
    entry.kind, entry.name, entry.version, words(entry.mode), entry.library,
    Number(entry.calls).toLocaleString("en"), micros(entry.mean_nanos), micros(entry.max_nanos),
    Number(entry.slow_calls).toLocaleString("en"),
  ];
  texts.forEach((text, index) => setText(row.children[index + 1], text ?? ""));
  const isChosen = keyOf(entry) === chosen;
  setAttribute(row, "class", isChosen ? "chosen" : null);
  setAttribute(row.querySelector("button"), "aria-current", isChosen ? "true" : null);
}

function drawEntries() {
  const wanted = $("filter").value.trim().toLowerCase();
  const shown = entries.filter((entry) =>
    `${entry.title} ${entry.name} ${entry.kind} ${entry.library}`.toLowerCase().includes(wanted));
  reconcile($("entries").tBodies[0], shown, keyOf, createRow, updateRow);
  setText($("count"), String(shown.length));
  $("entries").parentElement.querySelector(".empty").hidden = shown.length > 0;
}

function choose(key) {
  chosen = key;
  drawEntries();
  const entry = entries.find((item) => keyOf(item) === key);
  $("detail").hidden = !entry;
  if (!entry) return;
  setText($("detail-title"), `${entry.title ?? entry.name} (${entry.kind.toLowerCase()})`);
  $("detail-body").replaceChildren(...details(entry));
}

function details(entry) {
  const schemas = Object.entries(SCHEMAS).filter(([name]) => entry[name]);
  if (!schemas.length) return [h("p", { class: "empty" }, "It takes nothing.")];
  return schemas.flatMap(([name, title]) => {
    const schema = entry[name];
    const fields = Object.entries(schema.properties ?? {});
    return [
      h("h3", {}, title),
      schema.description ? h("p", { class: "text" }, schema.description) : "",
      fields.length ? fieldTable(title, fields, new Set(schema.required)) : "",
      exampleOf(schema),
      h("details", {}, h("summary", {}, "As JSON Schema"),
        h("pre", { tabindex: "0" }, JSON.stringify(schema, null, 2))),
    ];
  });
}

function fieldTable(title, fields, required) {
  const rows = fields.map(([name, field]) => h(
    "tr", {}, h("th", { scope: "row" }, h("code", {}, name)),
    h("td", {}, [formatOf(field) || field.type, field["x-oes-unit"]].filter(Boolean).join(", ")),
    h("td", {}, required.has(name) ? "required" : "optional"),
    h("td", {}, field.enum ? field.enum.join(", ") : limitsOf(field)),
    h("td", {}, field.default === undefined ? "" : String(field.default)),
    h("td", { class: "text" }, [field.title, field.description].filter(Boolean).join(": "))));
  const head = ["Field", "Takes", "", "Limits", "Default", "Means"];
  return h(
    "table", {}, h("caption", { class: "sr" }, title),
    h("thead", {}, h("tr", {}, head.map((text) =>
      (text ? h("th", { scope: "col" }, text) : h("td"))))),
    h("tbody", {}, rows));
}

function exampleOf(schema) {
  const example = schema["x-oes-example"];
  if (!example) return "";
  return h("figure", {}, h("pre", { tabindex: "0" }, JSON.stringify(example.request)),
    h("figcaption", {}, example.then ?? ""));
}

async function refresh() {
  if (document.hidden) return;
  try {
    const plugins = await api.plugins();
    entries = Object.entries(KINDS).flatMap(([list, kind]) =>
      (plugins[list] ?? []).map((entry) => ({ ...entry, kind })));
    drawLibraries(plugins.libraries ?? []);
    drawEntries();
    setText($("problem"), "");
    $("problem").hidden = true;
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    setText($("problem"), `${error.message} Trying again.`);
    $("problem").hidden = false;
  }
}

async function start() {
  await identify().catch(() => {});
  await refresh();
  if (!chosen && entries.length) choose(keyOf(entries[0]));
  setInterval(refresh, REFRESH_MILLIS);
}

$("filter").addEventListener("input", drawEntries);
start();
