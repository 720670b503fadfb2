// Accounts: all of them, and one in full: cash, positions, ledger, deposits and withdrawals. The
// chosen account stands in the address (#2), so it can be linked and survives a reload.

import * as api from "./kit/api.js";
import * as decimal from "./kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "./kit/dom.js";
import { Feed } from "./kit/feed.js";
import { figuresOf, unpricedText } from "./kit/figures.js";
import { clearErrors, mountForm, showError, showNotice } from "./kit/form.js";
import { moment, money, signed, signedQuantity, tone, words } from "./kit/format.js";
import { mountShell } from "./kit/shell.js";
import { identify } from "./kit/who.js";

const RETRY_MILLIS = 2000;
const LEDGER_DELAY_MILLIS = 400;

const feed = new Feed();
mountShell(feed);

const $ = (id) => document.getElementById(id);
const accountsBody = document.querySelector("#accounts tbody");
const accounts = new Map();
let chosen = null;
let positions = new Map();
let entries = [];
let risk = null;
let endAccount = () => {};

const emptyOf = (id) => $(id).parentElement.querySelector(".empty");
const cells = (count) => Array.from({ length: count }, () => h("td", { class: "num" }));

function createAccountRow(account) {
  const link = h("a", { href: `#${account.account_id}` });
  return h("tr", {}, h("th", { scope: "row" }, link), h("td"), h("td"), h("td"), cells(3));
}

function updateAccountRow(row, account) {
  const isChosen = String(account.account_id) === chosen;
  const link = row.querySelector("a");
  setText(link, account.name);
  setAttribute(link, "aria-current", isChosen ? "true" : null);
  setAttribute(row, "class", isChosen ? "chosen" : null);
  const texts = [
    words(account.account_type), words(account.risk_level),
    account.active === false ? "Inactive" : words(account.state),
    money(account.balance), money(account.held), money(account.available),
  ];
  texts.forEach((text, index) => setText(row.children[index + 1], text));
}

function createPositionRow(position) {
  return h("tr", {}, h("th", { scope: "row" }, position.symbol), cells(6));
}

function updatePositionRow(row, position) {
  const texts = [
    decimal.show(position.quantity), decimal.show(position.held), decimal.show(position.available),
    decimal.showRounded(position.avg_price ?? null, 2), signed(position.unrealized_pnl),
    signed(position.realized_pnl),
  ];
  texts.forEach((text, index) => setText(row.children[index + 1], text));
  setAttribute(row.children[5], "class", `num ${tone(position.unrealized_pnl)}`);
  setAttribute(row.children[6], "class", `num ${tone(position.realized_pnl)}`);
}

function createLedgerRow(entry) {
  const shares = entry.symbol ? `${signedQuantity(entry.quantity)} ${entry.symbol}` : "";
  return h(
    "tr", {},
    h("td", { class: "dim" }, moment(entry.timestamp ?? entry.created_at)),
    h("td", {}, words(entry.type)),
    h("td", { class: `num ${tone(entry.amount)}` }, signed(entry.amount)),
    h("td", { class: "num" }, money(entry.balance_after)),
    h("td", { class: "num" }, shares),
    h("td", { class: "dim" }, entry.description ?? ""));
}

const draw = perFrame(() => {
  reconcile(
    accountsBody, accounts.values(), (item) => item.account_id, createAccountRow, updateAccountRow);
  emptyOf("accounts").hidden = accounts.size > 0;
  const account = accounts.get(chosen);
  $("detail").hidden = !account;
  if (!account) return;
  setText($("detail-title"), account.name);
  $("detail-trade").href = `/?account=${encodeURIComponent(chosen)}`;
  for (const name of ["balance", "held", "available"]) {
    setText($(`detail-${name}`), `${money(account[name])} ${account.currency ?? ""}`);
  }
  if (risk) {
    // Cash stands above already.
    const { balance, held: heldCash, available, ...rest } = risk;
    $("exposure").replaceChildren(...figuresOf({ ...rest, state: account.state }));
    setText($("unpriced"), unpricedText(risk.unpriced));
  }
  const held = Array.from(positions.values());
  reconcile(
    $("positions").tBodies[0], held, (item) => item.symbol, createPositionRow, updatePositionRow);
  emptyOf("positions").hidden = held.length > 0;
  reconcile($("ledger").tBodies[0], entries, (item) => item.id, createLedgerRow, () => {});
  emptyOf("ledger").hidden = entries.length > 0;
});

function showProblem(error) {
  setText($("problem"), error ? error.message : "");
  $("problem").hidden = !error;
}

async function loadAccounts() {
  for (const account of await api.accounts()) accounts.set(String(account.account_id), account);
  draw();
}

async function loadDetail() {
  const id = chosen;
  if (!id) return;
  try {
    const [held, ledger, risked] = await Promise.all([
      api.positions(id), api.ledger(id), api.exposure(id),
    ]);
    if (id !== chosen) return;
    risk = risked;
    positions = new Map(held.map((position) => [position.symbol, position]));
    entries = ledger;
    showProblem(null);
  } catch (error) {
    showProblem(error);
  }
  draw();
}

let due;
/** The ledger follows the events at a short distance; many fills ask for it once. */
function loadDetailSoon() {
  clearTimeout(due);
  due = setTimeout(loadDetail, LEDGER_DELAY_MILLIS);
}

function hear(type, data) {
  if (type === "account") accounts.set(String(data.account_id), data);
  else if (type === "position") positions.set(data.symbol, data);
  loadDetailSoon();
  draw();
}

function choose(id) {
  if (!accounts.has(id) || id === chosen) return;
  endAccount();
  chosen = id;
  positions = new Map();
  entries = [];
  risk = null;
  clearErrors($("transact"));
  endAccount = feed.subscribe(`oes:account:${id}`, hear, loadDetail);
  loadDetail();
  draw();
}

const chooseByAddress = () => choose(decodeURIComponent(location.hash.slice(1)));

/** The decimal typed into a field; null after saying at the field what is wrong. */
function moneyIn(form, name) {
  const text = form.elements[name].value.trim();
  const value = decimal.parse(text.replaceAll(",", ""));
  if (!value) showError(form, name, text ? `“${text}” isn’t a number.` : "Enter an amount.");
  return value;
}

mountForm($("transact"), async (values) => {
  const form = $("transact");
  const amount = moneyIn(form, "amount");
  if (!amount) return;
  // Left out where it is empty: JSON has no undefined.
  const description = values.description.trim() || undefined;
  await api.transact(chosen, { ...values, description, amount: decimal.plain(amount) });
  form.elements.amount.value = form.elements.description.value = "";
  showNotice(form, `${words(values.transaction_type)} of ${money(amount)} booked.`, "good");
  await loadAccounts();
  loadDetailSoon();
});

mountForm(document.querySelector("#create form"), async (values) => {
  const form = document.querySelector("#create form");
  if (!values.name.trim()) return showError(form, "name", "Enter a name.");
  const balance = moneyIn(form, "initial_balance");
  if (!balance) return;
  const account = await api.createAccount({ ...values, initial_balance: decimal.plain(balance) });
  await loadAccounts();
  $("create").close();
  form.reset();
  location.hash = `#${account.account_id}`;
});

$("new-account").addEventListener("click", () => $("create").showModal());
$("create-close").addEventListener("click", () => $("create").close());
addEventListener("hashchange", chooseByAddress);

async function start() {
  try {
    await identify();
    await loadAccounts();
    showProblem(null);
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    showProblem(error);
    return setTimeout(start, RETRY_MILLIS);
  }
  chooseByAddress();
  if (!chosen && accounts.size) choose(accounts.keys().next().value);
}
start();
