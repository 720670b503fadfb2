// My orders: working, filled or all, filtered and sorted, with edit and cancel in the row. Only the
// rows in sight exist; older orders are fetched as one scrolls to the end. What is typed into a row
// survives the updates that arrive meanwhile.

import * as api from "../kit/api.js";
import { ask } from "../kit/confirm.js";
import { csv, save } from "../kit/csv.js";
import { perFrame, setAttribute, setText } from "../kit/dom.js";
import { recall, remember } from "../kit/memory.js";
import { toast } from "../kit/notice.js";
import { isOpen, orderId, sideOf, statusOf, tifOf } from "../kit/order-store.js";
import { WindowedRows } from "../kit/rows.js";
import { may, whyNot } from "../kit/who.js";
import { OrderDetails } from "./order-details.js";
import { LASTING, listOrders, VIEWS } from "./order-list.js";
import { OrderRow } from "./order-row.js";

const ONLY_SYMBOL = "oes.only_symbol";
const SORT = "oes.sort";
/** A list longer than this is put in order again at most so often. */
const LONG = 500;
const LONG_MILLIS = 250;

const CSV_COLUMNS = [
  "order_id", "client_order_id", "account_id", "symbol", "side", "order_type", "time_in_force",
  "price", "stop_price", "quantity", "filled_quantity", "remaining_quantity", "avg_price", "fee",
  "status", "reason", "tag", "parent_order_id", "created_at", "closed_at",
];

export class Orders {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.view = VIEWS.working;
    const [column, direction] = (recall(SORT) ?? "time -1").split(" ");
    Object.assign(this, { column, direction: Number(direction) });
    this.filter = root.querySelector("#order-filter");
    this.onlySymbol = root.querySelector("#only-symbol");
    this.cancelAllButton = root.querySelector("#cancel-all");
    this.details = new OrderDetails(document.getElementById("order"), session);
    this.editing = new Map();
    this.rows = new WindowedRows({
      scroll: root.querySelector(".scroll"), table: root.querySelector("table"), keyOf: orderId,
      create: (order) => this.createRow(order),
      update: (element, order) =>
        element.owner.show(session.orders.get(orderId(order)) ?? order),
      onEnd: () => this.view !== VIEWS.working && this.session.history.older(),
    });
    this.drawSoon = perFrame(() => this.draw());
    this.drawRowsSoon = perFrame(() => this.rows.draw());
    this.listen();
    session.watch("orders", () => this.changed());
    for (const topic of ["symbol", "reference", "account"]) session.watch(topic, this.drawSoon);
  }

  listen() {
    for (const radio of this.root.querySelectorAll("input[name=order-view]")) {
      radio.addEventListener("change", () => {
        this.view = VIEWS[radio.value];
        this.rows.scroll.scrollTop = 0;
        this.drawSoon();
      });
    }
    this.onlySymbol.checked = recall(ONLY_SYMBOL) === "yes";
    this.onlySymbol.addEventListener("change", () => {
      remember(ONLY_SYMBOL, this.onlySymbol.checked ? "yes" : "no");
      this.drawSoon();
    });
    this.filter.addEventListener("input", this.drawSoon);
    this.cancelAllButton.addEventListener("click", () => this.cancelAll());
    this.root.querySelector("#orders-csv").addEventListener("click", () => this.export());
    for (const button of this.root.querySelectorAll("[data-sort]")) {
      button.addEventListener("click", () => this.sortBy(button.dataset.sort));
    }
    this.showSort();
  }

  createRow(order) {
    const known = this.editing.get(orderId(order));
    if (known?.inputs) return known.element;
    const row = new OrderRow(this, order);
    this.editing.set(orderId(order), row);
    return row.element;
  }

  /**
   * A short list is drawn in the next frame. A long one is put together anew a few times a second
   * while it changes, and not at all where only orders that it has go on: their rows show that.
   */
  changed() {
    if (this.list === undefined || this.list.length < LONG) return this.drawSoon();
    const isSame = this.listed === this.session.orders.shape && LASTING.has(this.column);
    if (isSame && this.listedOf === this.session.orders && !this.filter.value) {
      return this.drawRowsSoon();
    }
    this.due ??= setTimeout(() => {
      this.due = null;
      this.drawSoon();
    }, LONG_MILLIS);
  }

  draw() {
    const { orders, symbol } = this.session;
    this.list = listOrders(orders, {
      view: this.view, symbol: this.onlySymbol.checked ? symbol : null,
      filter: this.filter.value, column: this.column, direction: this.direction,
    });
    this.listed = orders.shape;
    this.listedOf = orders;
    this.rows.show(this.list);
    for (const [id, row] of this.editing) {
      if (!row.inputs && !row.element.isConnected) this.editing.delete(id);
    }
    const empty = this.root.querySelector(".empty");
    setText(empty, this.filter.value ? "No order matches." : this.view.empty);
    empty.hidden = this.list.length > 0 || !this.session.hasOrders;
    const working = this.working().length;
    setText(document.getElementById("working-count"), String(working));
    this.cancelAllButton.disabled = working === 0 || !may("cancel");
    setAttribute(this.cancelAllButton, "title", whyNot("cancel"));
  }

  /** The open orders that "Cancel all" means: of the account, or of the symbol shown alone. */
  working() {
    const all = Array.from(this.session.orders.open.values());
    if (!this.onlySymbol.checked) return all;
    return all.filter((order) => order.symbol === this.session.symbol);
  }

  sortBy(column) {
    const isSame = column === this.column;
    this.direction = isSame ? -this.direction : column === "time" ? -1 : 1;
    this.column = column;
    remember(SORT, `${this.column} ${this.direction}`);
    this.showSort();
    this.drawSoon();
  }

  showSort() {
    for (const button of this.root.querySelectorAll("[data-sort]")) {
      const isChosen = button.dataset.sort === this.column;
      const sort = this.direction > 0 ? "ascending" : "descending";
      setAttribute(button.closest("th"), "aria-sort", isChosen ? sort : null);
    }
  }

  showDetails(order) {
    this.details.show(orderId(order));
  }

  /** Changes an order; answers null, or the refusal. */
  async edit(order, change) {
    try {
      const report = await api.editOrder(orderId(order), change);
      this.session.takeReport(report);
      const kept = report.priority_kept ? "It keeps" : "It has lost";
      toast("info", `${order.symbol} order changed`, `${kept} its place in the queue.`);
      if (this.session.feed.state.name !== "live") await this.session.refresh();
      return null;
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      toast("reject", "Not changed", error.message);
      return error;
    }
  }

  async cancel(order) {
    try {
      this.session.takeReport(await api.cancelOrder(orderId(order)));
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      // 409: it had ended already, which its row says.
      if (error.status !== 409) toast("reject", "Not cancelled", error.message);
    }
    // Without the feed nobody else says what became of it.
    if (this.session.feed.state.name !== "live") await this.session.refresh();
  }

  async cancelAll() {
    const { session } = this;
    const working = this.working();
    if (!working.length || !may("cancel")) return;
    const symbol = this.onlySymbol.checked ? session.symbol : undefined;
    const count = `${working.length} working order${working.length === 1 ? "" : "s"}`;
    const title = `Cancel ${count} ${symbol ? `in ${symbol} ` : ""}of ${session.account?.name}?`;
    if (!(await ask({ title, no: "Keep them", yes: "Cancel orders", isDanger: true }))) return;
    try {
      const { failed } = await api.cancelAll({ account_id: session.accountId, symbol });
      if (failed > 0) toast("reject", "Not all cancelled", `${failed} orders are left.`);
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      toast("reject", "Not cancelled", error.message);
    }
    if (session.feed.state.name !== "live") await session.refresh();
  }

  /** The list as it is filtered and sorted, older orders included. */
  async export() {
    if (this.view !== VIEWS.working) await this.session.history.everything();
    this.draw();
    const current = (order) => this.session.orders.get(orderId(order)) ?? order;
    const values = (order) => CSV_COLUMNS.map((name) => ({
      side: sideOf(order), status: statusOf(order), time_in_force: tifOf(order),
      order_id: orderId(order),
    }[name] ?? order[name]));
    const day = new Date().toISOString().slice(0, 10);
    save(`orders-${this.session.accountId}-${day}.csv`,
      csv([CSV_COLUMNS, ...this.list.map(current).map(values)]));
    toast("info", "Orders exported", `${this.list.length} orders.`);
  }

  /** The newest order's first button, for a key. */
  focusFirst() {
    this.root.querySelector("tbody [data-order] button")?.focus();
  }
}
