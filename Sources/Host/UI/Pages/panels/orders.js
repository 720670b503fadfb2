// My orders: working, filled or all, with edit and cancel in the row. What is typed into a row
// survives the updates that arrive meanwhile.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "../kit/dom.js";
import { moment, words } from "../kit/format.js";
import { toast } from "../kit/notice.js";
import { isOpen, orderId, sideOf, tifOf } from "../kit/session.js";

const STEP = 100;

const VIEWS = {
  working: isOpen,
  filled: (order) => decimal.parse(order.filled_quantity)?.units > 0n,
  all: () => true,
};
const EMPTY = {
  working: "No working orders.", filled: "Nothing filled yet.", all: "No orders yet.",
};

const COLUMNS = ["time", "symbol", "side", "type", "price", "quantity", "filled", "avg", "tif", "status"];
const NUMBERS = new Set(["time", "price", "quantity", "filled", "avg"]);

export function mountOrders(root, session) {
  const body = root.querySelector("tbody");
  const empty = root.querySelector(".empty");
  const more = root.querySelector("#orders-more");
  const cancelAll = root.querySelector("#cancel-all");
  const onlySymbol = root.querySelector("#only-symbol");
  const editing = new Set();
  const busy = new Set();
  let view = "working";
  let shown = STEP;

  const typeTitle = (name) =>
    session.plugins.order_types.find((type) => type.name === name)?.title ?? words(name);
  const tifTitle = (name) =>
    session.plugins.times_in_force.find((tif) => tif.name === name)?.title ?? words(name);

  function chosen() {
    return Array.from(session.orders.values())
      .filter(VIEWS[view])
      .filter((order) => !onlySymbol.checked || order.symbol === session.symbol)
      .sort((a, b) => String(b.created_at).localeCompare(String(a.created_at), "en", { numeric: true }));
  }

  function create(order) {
    const cells = Object.fromEntries(
      COLUMNS.map((name) => [name, h("td", { class: NUMBERS.has(name) ? `num ${name}` : name })]));
    const actions = h("td", { class: "actions" });
    const row = h("tr", {}, Object.values(cells), actions);
    row.cells_ = cells;
    row.actions = actions;
    row.addEventListener("keydown", (event) => {
      if (!editing.has(orderId(order))) return;
      if (event.key === "Enter" && event.target.tagName === "INPUT") save(row, orderId(order));
      if (event.key === "Escape") stop(row, orderId(order));
    });
    return row;
  }

  function update(row, order) {
    const id = orderId(order);
    const { cells_: cells } = row;
    const places = session.priceScale(order.symbol);
    const side = sideOf(order);
    setText(cells.time, moment(order.created_at));
    setText(cells.symbol, order.symbol);
    setText(cells.side, words(side));
    setAttribute(cells.side, "class", `side ${side === "buy" ? "up" : "down"}`);
    setText(cells.type, typeTitle(order.order_type) + (order.internal ? " · internal" : ""));
    setText(cells.filled, decimal.show(order.filled_quantity));
    const hasFills = decimal.parse(order.filled_quantity)?.units > 0n;
    setText(cells.avg, hasFills ? decimal.showRounded(order.avg_price, Math.max(places, 2)) : "–");
    setText(cells.tif, tifTitle(tifOf(order)));
    showStatus(cells.status, order);
    // An order that ended elsewhere while it was edited is not editable any more.
    if (editing.has(id) && !isOpen(order)) stop(row, id);
    if (editing.has(id)) return;
    setText(cells.price, Number(order.price) === 0 ? "–" : decimal.show(order.price, places));
    setText(cells.quantity, decimal.show(order.quantity));
    drawActions(row, order);
  }

  function showStatus(cell, order) {
    setText(cell, words(order.status));
    setAttribute(cell, "data-status", order.status);
    const reason = order.reason ? words(order.reason) : "";
    if (reason) cell.append(h("span", { class: "reason", title: reason }, reason));
  }

  function drawActions(row, order) {
    const id = orderId(order);
    const state = !isOpen(order) ? "ended" : busy.has(id) ? "busy" : "open";
    if (row.dataset.state === state) return;
    row.dataset.state = state;
    if (state === "ended") return row.actions.replaceChildren();
    const label = (verb) => `${verb} ${sideOf(order)} ${decimal.show(order.quantity)} ${order.symbol}`;
    const button = (text, action) =>
      h("button", {
        type: "button", class: "quiet", "aria-label": label(text), disabled: state === "busy",
        onclick: action,
      }, text);
    row.actions.replaceChildren(
      button("Edit", () => edit(row, session.orders.get(id))),
      button("Cancel", () => cancel(id)));
  }

  function edit(row, order) {
    const id = orderId(order);
    editing.add(id);
    row.dataset.state = "editing";
    const field = (name, value) =>
      h("input", {
        type: "text", inputmode: "decimal", class: "cell", name, autocomplete: "off",
        value: decimal.key(value), "aria-label": `New ${name}`,
      });
    const price = Number(order.price) === 0 ? null : field("price", order.price);
    const quantity = field("quantity", order.quantity);
    if (price) row.cells_.price.replaceChildren(price);
    row.cells_.quantity.replaceChildren(quantity);
    row.actions.replaceChildren(
      h("button", { type: "button", class: "quiet", onclick: () => save(row, id) }, "Save"),
      h("button", { type: "button", class: "quiet", onclick: () => stop(row, id) }, "Discard"));
    (price ?? quantity).select();
  }

  function stop(row, id) {
    editing.delete(id);
    row.dataset.state = "";
    const order = session.orders.get(id);
    if (order) update(row, order);
    row.actions.querySelector("button")?.focus();
  }

  async function save(row, id) {
    const change = {};
    const order = session.orders.get(id);
    for (const box of row.querySelectorAll("input.cell")) {
      box.removeAttribute("aria-invalid");
      const value = decimal.parse(box.value.replaceAll(",", ""));
      if (!value) return markWrong(box, `“${box.value}” isn’t a number.`);
      if (decimal.compare(value, decimal.parse(order[box.name])) !== 0) {
        change[box.name] = decimal.plain(value);
      }
    }
    if (!Object.keys(change).length) return stop(row, id);
    try {
      const answer = await api.editOrder(id, change);
      if (answer.order) session.take(answer.order);
      const kept = answer.priority_kept ? "Place in the queue kept." : "New place in the queue.";
      if (isOpen(answer.order ?? order)) toast("info", `${order.symbol} changed`, kept);
      stop(row, id);
    } catch (error) {
      const box = row.querySelector(`input[name="${CSS.escape(error.field ?? "")}"]`);
      if (box) markWrong(box, error.message);
      else toast("reject", "Not changed", error.message);
    }
  }

  function markWrong(box, text) {
    box.setAttribute("aria-invalid", "true");
    box.title = text;
    toast("reject", "Not changed", text);
    box.focus();
  }

  async function cancel(id) {
    busy.add(id);
    draw();
    try {
      await api.cancelOrder(id);
    } catch (error) {
      // 409: it had ended already, which the feed says as well.
      if (error.status !== 409) toast("reject", "Not cancelled", error.message);
    } finally {
      busy.delete(id);
      if (session.feed.state.name !== "live") session.refresh();
      draw();
    }
  }

  const draw = perFrame(() => {
    const list = chosen();
    reconcile(body, list.slice(0, shown), orderId, create, update);
    setText(empty, EMPTY[view]);
    empty.hidden = list.length > 0 || !session.hasOrders;
    more.hidden = list.length <= shown;
    setText(more, `Show more (${list.length - shown} left)`);
    const working = Array.from(session.orders.values()).filter(isOpen).length;
    setText(root.querySelector("#working-count"), String(working));
    cancelAll.disabled = working === 0;
  });

  for (const radio of root.querySelectorAll("input[name=order-view]")) {
    radio.addEventListener("change", () => {
      view = radio.value;
      shown = STEP;
      draw();
    });
  }
  onlySymbol.addEventListener("change", draw);
  more.addEventListener("click", () => {
    shown += STEP;
    draw();
  });
  cancelAll.addEventListener("click", async () => {
    const working = Array.from(session.orders.values()).filter(isOpen);
    const count = `${working.length} working order${working.length === 1 ? "" : "s"}`;
    if (await confirmed(`Cancel ${count} of ${session.account?.name ?? "this account"}?`)) {
      await Promise.all(working.map((order) => cancel(orderId(order))));
    }
  });
  session.watch("orders", draw);
  session.watch("symbol", draw);
  session.watch("reference", draw);
}

/** Asks in a dialog of the page; the answer is true only by its own button. */
function confirmed(question) {
  const dialog = document.getElementById("confirm");
  setText(dialog.querySelector("h2"), question);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
