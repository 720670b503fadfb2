// The risk manager's view: every account, every alert, everyone's orders. Alerts and orders come
// over REST and again, at a short distance, whenever a channel says that something happened.

import * as api from "./kit/api.js";
import * as decimal from "./kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "./kit/dom.js";
import { Feed } from "./kit/feed.js";
import { moment, money, titleIn, words } from "./kit/format.js";
import { toast } from "./kit/notice.js";
import { isOpen, orderId, sideOf, statusOf, tifOf } from "./kit/order-store.js";
import { mountShell } from "./kit/shell.js";
import { identify, mayOverseeAll, whyNot } from "./kit/who.js";
import { cancelMany, mountDanger, say, stateSelect } from "./panels/risk-controls.js";
import { RiskLimits } from "./panels/risk-limits.js";
import { RiskSwitch } from "./panels/risk-switch.js";

/** However busy the market, the lists are asked for at most this often. */
const REFRESH_MILLIS = 1000;
const RETRY_MILLIS = 2000;
const STEP = 100;

const VIEWS = {
  working: isOpen,
  rejected: (order) => order.status === "rejected",
  all: () => true,
};

const feed = new Feed();
mountShell(feed);
const $ = (id) => document.getElementById(id);
const bodyOf = (id) => $(id).tBodies[0];
const emptyOf = (id) => $(id).parentElement.querySelector(".empty");
const cells = (row, texts) => texts.forEach((text, index) => setText(row.children[index], text));
/** Cells by a letter each: n for a number, t for text. */
const cellsOf = (kinds) =>
  Array.from(kinds, (kind) => h("td", { class: kind === "n" ? "num" : null }));

let accounts = new Map();
let plugins = { order_types: [], times_in_force: [] };
let alerts = [];
let orders = [];
let view = "all";
let shown = STEP;

const nameOf = (id) => accounts.get(String(id))?.name ?? `Account ${id}`;

function drawSummary() {
  const counts = new Map();
  for (const order of orders) {
    const id = String(order.account_id);
    const count = counts.get(id) ?? { working: 0, rejected: 0 };
    if (isOpen(order)) count.working += 1;
    if (order.status === "rejected") count.rejected += 1;
    counts.set(id, count);
  }
  const create = (account) => {
    const select = stateSelect(account, nameOf, refreshSoon);
    const button = h("button", {
      type: "button", class: "quiet", "aria-label": `Cancel all orders of ${account.name}`,
      onclick: () => cancelMany(
        `Cancel all orders of ${account.name}?`, { account_id: String(account.account_id) },
        refreshSoon),
    }, "Cancel all");
    const row = h(
      "tr", {}, h("th", { scope: "row" }), h("td", {}, select), cellsOf("tnnnnn"),
      h("td", { class: "actions" }, button));
    return Object.assign(row, { select, button });
  };
  const key = (item) => item.account_id;
  reconcile(bodyOf("summary"), accounts.values(), key, create, (row, item) => {
    const count = counts.get(String(item.account_id)) ?? { working: 0, rejected: 0 };
    setText(row.children[0], item.active === false ? `${item.name} (inactive)` : item.name);
    [
      words(item.risk_level), money(item.balance), money(item.held), money(item.available),
      String(count.working), String(count.rejected),
    ].forEach((text, index) => setText(row.children[index + 2], text));
    if (row.select !== document.activeElement) row.select.value = item.state;
    row.select.dataset.state = item.state;
    row.button.disabled = count.working === 0 || whyNot("cancel") !== null;
  });
  emptyOf("summary").hidden = accounts.size > 0;
}

function drawAlerts() {
  const create = (item) => {
    const button = h("button", {
      type: "button", class: "quiet", "aria-label": `Acknowledge: ${item.text}`,
      onclick: () => say(() => api.acknowledge(item.id), "Not acknowledged").then(refreshSoon),
    }, "Acknowledge");
    const row = h("tr", {}, cellsOf("ttttttn"), h("td", { class: "actions" }, button));
    return Object.assign(row, { button });
  };
  reconcile(bodyOf("alerts"), alerts, (item) => item.id, create, (row, item) => {
    cells(row, [
      moment(item.last_at ?? item.timestamp), words(item.severity),
      item.account_id ? nameOf(item.account_id) : "Everyone", item.symbol ?? "–",
      item.rule ?? item.code, item.text, String(item.count),
    ]);
    row.button.hidden = item.acknowledged;
    setAttribute(row, "class", item.acknowledged ? "seen" : null);
    setAttribute(row, "title", item.acknowledged ? `Seen by ${item.acknowledged_by}` : null);
    setAttribute(row.children[1], "data-severity", item.severity);
  });
  const unseen = alerts.filter((item) => !item.acknowledged).length;
  setText($("alert-count"), `${unseen} not acknowledged`);
  emptyOf("alerts").hidden = alerts.length > 0;
}

function createOrderRow(order) {
  const what = `${sideOf(order)} ${decimal.show(order.quantity)} ${order.symbol}`;
  const label = `Cancel ${what} of ${nameOf(order.account_id)}`;
  const button = h("button", {
    type: "button", class: "quiet", "aria-label": label, disabled: whyNot("cancel") !== null,
    title: whyNot("cancel"), onclick: () => cancel(order),
  }, "Cancel");
  const row = h("tr", {}, cellsOf("tttttnnntt"), h("td", { class: "actions" }, button));
  row.button = button;
  return row;
}

function updateOrderRow(row, order) {
  const side = sideOf(order);
  cells(row, [
    moment(order.created_at), nameOf(order.account_id), order.symbol, words(side),
    titleIn(plugins.order_types, order.order_type),
    Number(order.price) === 0 ? "–" : decimal.show(order.price, 2), decimal.show(order.quantity),
    decimal.show(order.filled_quantity), titleIn(plugins.times_in_force, tifOf(order)),
  ]);
  setAttribute(row.children[3], "class", side === "buy" ? "up" : "down");
  const status = row.children[9];
  setText(status, words(statusOf(order)));
  setAttribute(status, "data-status", statusOf(order));
  if (order.reason) status.append(h("span", { class: "reason" }, words(order.reason)));
  row.button.hidden = !isOpen(order);
}

function drawOrders() {
  const wanted = $("orders-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = (order) => {
    const text = [
      nameOf(order.account_id), order.symbol, sideOf(order), order.order_type, statusOf(order),
      order.reason, orderId(order),
    ].join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  const list = orders.filter(VIEWS[view]).filter(isWanted);
  reconcile(bodyOf("all-orders"), list.slice(0, shown), orderId, createOrderRow, updateOrderRow);
  emptyOf("all-orders").hidden = list.length > 0;
  $("orders-more").hidden = list.length <= shown;
}

const draw = perFrame(() => {
  drawSummary();
  drawAlerts();
  drawOrders();
});

async function cancel(order) {
  try {
    await api.cancelOrder(orderId(order));
  } catch (error) {
    if (error.status !== 409) toast("reject", "Not cancelled", error.message);
  }
  refreshSoon();
}

function showProblem(text) {
  setText($("problem"), text);
  $("problem").hidden = !text;
}

async function refresh() {
  try {
    if (!plugins.order_types.length) plugins = await api.plugins();
    const [list, alarms, all] = await Promise.all([api.accounts(), api.alerts(), api.allOrders()]);
    accounts = new Map(list.map((account) => [String(account.account_id), account]));
    [alerts, orders] = [alarms, all];
    limits.offer(accounts);
    blocks.offer(accounts);
    await blocks.load();
    showProblem("");
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    showProblem(`${error.message} Trying again.`);
    setTimeout(refreshSoon, RETRY_MILLIS);
  }
  draw();
}

const limits = new RiskLimits($("limits"), $("limits-account"));
let blocks = null;
$("orders-filter").addEventListener("input", draw);

let due = null;
function refreshSoon() {
  due ??= setTimeout(() => {
    due = null;
    refresh();
  }, REFRESH_MILLIS);
}

for (const radio of document.querySelectorAll("input[name=order-view]")) {
  radio.addEventListener("change", () => {
    view = radio.value;
    shown = STEP;
    draw();
  });
}
$("orders-more").addEventListener("click", () => {
  shown += STEP;
  draw();
});

function follow() {
  blocks = new RiskSwitch($("switches"), nameOf, refreshSoon);
  feed.subscribe("oes:notifications", refreshSoon);
  feed.subscribe("oes:risk", (type, data) => {
    if (type === "snapshot") return;
    toast("alert", nameOf(data.account_id), data.text);
    refreshSoon();
  });
  refresh();
}

async function start() {
  try {
    await identify();
  } catch (error) {
    showProblem(`${error.message} Trying again.`);
    return setTimeout(start, RETRY_MILLIS);
  }
  mountDanger($("cancel-everything"), "cancel", () =>
    cancelMany("Cancel every order of every account?", { all: true }, refreshSoon));
  if (mayOverseeAll()) return follow();
  const reason = whyNot("oversee") ?? "This key may see some accounts only.";
  showProblem(`${reason} This page shows all of them.`);
  document.documentElement.dataset.ready = "yes";
}
start();
