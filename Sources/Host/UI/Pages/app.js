// The trade page: makes the session, mounts the panels, and says what concerns all of them: fills
// and rejects as toasts, problems, single-key shortcuts. A new panel is one file in panels/ and one
// line here.

import { ApiError } from "./kit/api.js";
import * as decimal from "./kit/decimal.js";
import { h, setText } from "./kit/dom.js";
import { mountKeys } from "./kit/keys.js";
import { mountLayout } from "./kit/layout.js";
import { sessionWords } from "./kit/market.js";
import { dismissToast, toast } from "./kit/notice.js";
import { sideOf } from "./kit/order-store.js";
import { mountPreferences } from "./kit/preferences.js";
import { Session } from "./kit/session.js";
import { mountShell } from "./kit/shell.js";
import { mountTabs } from "./kit/tabs.js";
import { identify } from "./kit/who.js";
import { Account } from "./panels/account.js";
import { Book } from "./panels/book.js";
import { Candles } from "./panels/candles.js";
import { Depth } from "./panels/depth.js";
import { Markets } from "./panels/markets.js";
import { Orders } from "./panels/orders.js";
import { Positions } from "./panels/positions.js";
import { Quote } from "./panels/quote.js";
import { Ticket } from "./panels/ticket.js";
import { Trades } from "./panels/trades.js";

const RETRY_MILLIS = 2000;

const $ = (id) => document.getElementById(id);
const session = new Session();
mountShell(session.feed);
const panels = {};
const PANELS = {
  quote: Quote, ticket: Ticket, markets: Markets, book: Book, candles: Candles, depth: Depth,
  trades: Trades, positions: Positions, orders: Orders, account: Account,
};
for (const [id, Panel] of Object.entries(PANELS)) {
  panels[id] = new Panel($(`panel-${id}`) ?? $(id), session);
}
const showDesk = mountTabs($("desk-tabs"), "oes.desk");
mountTabs($("chart-tabs"), "oes.chart", (id) => {
  $("intervals").hidden = id !== "candles";
  panels[id].draw();
});
mountPreferences($("settings"), mountLayout($("main")));
mountAccounts();
mountKeys($("keys"), keys(), escape);
$("keys-open").addEventListener("click", () => $("keys").showModal());

session.watch("execution", announce);
session.watch("instrument", (instrument) => {
  if (instrument.symbol !== session.symbol) return;
  toast("alert", instrument.symbol, sessionWords(instrument).text);
});
session.watch("problem", (error) => showProblem(error.message));

function mountAccounts() {
  const select = $("account");
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
  } else if (order.exec_type === "rejected" && order.parent_order_id) {
    // What this page sends is answered at the ticket; a child is carried out by the host.
    toast("reject", `${order.symbol} order refused`, order.reason ?? "");
  }
}

function showProblem(text) {
  setText($("problem"), text);
  $("problem").hidden = !text;
}

// Keys.

function keys() {
  const { ticket } = panels;
  const tab = (id, focus) => () => {
    showDesk(id);
    focus();
  };
  return {
    Ticket: [
      ["b", "To Buy; Enter sends", () => ticket.focusSide("buy")],
      ["s", "To Sell; Enter sends", () => ticket.focusSide("sell")],
      ["q", "Quantity", () => ticket.focusQuantity()],
      ["p", "Price", () => ticket.focusPrice()],
      ["t", "Order type", () => ticket.typeSelect.focus()],
      [["1", "2", "3", "4"], "A size of the settings", (event) =>
        ticket.setSize(Number(event.key) - 1)],
      [["+", "-"], "A lot more or less", (event) =>
        ticket.stepQuantity(event.key === "+" ? 1 : -1)],
      [["ArrowUp", "ArrowDown"], "In a field: one tick or lot, with Shift ten", null],
    ],
    Market: [
      ["/", "Symbol", () => $("symbol").focus()],
      [["[", "]"], "Symbol before or after on the watchlist", (event) =>
        panels.markets.step(event.key === "]" ? 1 : -1)],
      ["l", "The ladder; arrows move, Enter takes the price", () =>
        document.querySelector("#book button[tabindex='0']")?.focus()],
      ["c", "The chart; arrows move, + and − zoom, 0 resets", () => focusChart()],
    ],
    Orders: [
      ["o", "My orders; arrows move, Enter presses", tab("orders", () =>
        panels.orders.focusFirst())],
      ["f", "Filter orders", tab("orders", () => $("order-filter").focus())],
      ["n", "Positions", tab("positions", () =>
        document.querySelector("#positions tbody button")?.focus())],
      ["x", "Cancel all", () => panels.orders.cancelAll()],
    ],
    Page: [
      ["Escape", "Leave an edit, a list, a dialog or a notice", null],
      ["?", "This list", () => $("keys").showModal()],
      [",", "Settings", () => $("settings").showModal()],
    ],
  };
}

function focusChart() {
  const tab = document.querySelector("#chart-tabs [aria-selected=true]");
  $(tab.getAttribute("aria-controls")).focus();
}

/** Escape: first what lies on top, then the field's focus. */
function escape() {
  if (dismissToast()) return;
  document.activeElement?.blur?.();
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
