// The trade page: makes the session, mounts the panels, and says what concerns all of them: fills
// and rejects as toasts, problems, single-key shortcuts. A new panel is one file in panels/ and one
// line here.

import { ApiError } from "./kit/api.js";
import * as decimal from "./kit/decimal.js";
import { h, isTyping, setText } from "./kit/dom.js";
import { recall, remember } from "./kit/memory.js";
import { toast } from "./kit/notice.js";
import { Session, sideOf } from "./kit/session.js";
import { mountShell } from "./kit/shell.js";
import { identify } from "./kit/who.js";
import { Book } from "./panels/book.js";
import { Markets } from "./panels/markets.js";
import { Orders } from "./panels/orders.js";
import { Positions } from "./panels/positions.js";
import { Quote } from "./panels/quote.js";
import { Ticket } from "./panels/ticket.js";
import { Trades } from "./panels/trades.js";

const RETRY_MILLIS = 2000;
const SHORTCUTS = "oes.shortcuts";

const session = new Session();
mountShell(session.feed);
const panels = {};
const PANELS = {
  quote: Quote, ticket: Ticket, markets: Markets, book: Book, trades: Trades, positions: Positions,
  orders: Orders,
};
for (const [id, Panel] of Object.entries(PANELS)) {
  panels[id] = new Panel(document.getElementById(id), session);
}
mountAccounts();
mountShortcuts();

session.watch("execution", announce);
session.watch("problem", (error) => showProblem(error.message));

function mountAccounts() {
  const select = document.getElementById("account");
  session.watch("reference", () => {
    select.replaceChildren(...Array.from(session.accounts.values(), (account) =>
      h("option", { value: account.account_id }, account.name)));
  });
  session.watch("account", (id) => (select.value = id));
  select.addEventListener("change", () => session.selectAccount(select.value));
}

/** A fill, or an end that wasn't asked for, is said once wherever one looks. */
function announce(order) {
  const fills = order.fills ?? [];
  if (fills.length) {
    const size = fills.map((fill) => decimal.parse(fill.quantity)).reduce(decimal.add);
    const what = sideOf(order) === "buy" ? "Bought" : "Sold";
    const left = decimal.show(order.remaining_quantity);
    const part = order.status === "filled" ? "" : `, ${left} left`;
    const price = decimal.show(fills.at(-1).price, session.priceScale(order.symbol));
    toast("fill", `${what} ${decimal.show(size)} ${order.symbol}`, `at ${price}${part}`);
  } else if (order.exec_type === "expired") {
    toast("info", `${order.symbol} order expired`, order.reason ?? "");
  }
}

function showProblem(text) {
  const banner = document.getElementById("problem");
  setText(banner, text);
  banner.hidden = !text;
}

function mountShortcuts() {
  const dialog = document.getElementById("keys");
  const allow = document.getElementById("keys-on");
  allow.checked = recall(SHORTCUTS) !== "off";
  allow.addEventListener("change", () => remember(SHORTCUTS, allow.checked ? "on" : "off"));
  document.getElementById("keys-open").addEventListener("click", () => dialog.showModal());
  const actions = {
    b: () => panels.ticket.focusSide("buy"),
    s: () => panels.ticket.focusSide("sell"),
    q: () => panels.ticket.focusQuantity(),
    p: () => panels.ticket.focusPrice(),
    "/": () => document.getElementById("symbol").focus(),
    l: () => document.querySelector("#book button[tabindex='0']")?.focus(),
    o: () => document.querySelector("#orders tbody button")?.focus(),
    "?": () => dialog.showModal(),
  };
  addEventListener("keydown", (event) => {
    if (!allow.checked || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // In a field for numbers a letter can mean nothing else.
    const isFree = event.target.inputMode === "decimal" && /^[bsqp]$/.test(event.key);
    const action = actions[event.key];
    if (!action || (isTyping(event) && !isFree)) return;
    event.preventDefault();
    action();
  });
}

/** Until reference data is there nothing can be shown: try until the server stands. */
async function start() {
  try {
    await identify();
    await session.start();
    showProblem("");
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showProblem(`${error.message} Trying again.`);
    setTimeout(start, RETRY_MILLIS);
  }
}

session.feed.watch((state) => {
  if (state.name === "live" && document.documentElement.dataset.ready) showProblem("");
});
start();
