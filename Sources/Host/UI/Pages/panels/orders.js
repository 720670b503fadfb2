// My orders: working, filled or all, with edit and cancel in the row. What is typed into a row
// survives the updates that arrive meanwhile.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { perFrame, reconcile, setAttribute, setText } from "../kit/dom.js";
import { recall, remember } from "../kit/memory.js";
import { toast } from "../kit/notice.js";
import { isOpen, orderId } from "../kit/session.js";
import { may, whyNot } from "../kit/who.js";
import { OrderRow } from "./order-row.js";

/** Rows drawn at first and added on demand: an account may have thousands of orders. */
const STEP = 100;
const ONLY_SYMBOL = "oes.only_symbol";

const VIEWS = {
  working: { includes: isOpen, empty: "No working orders." },
  filled: {
    includes: (order) => decimal.parse(order.filled_quantity)?.units > 0n,
    empty: "Nothing filled yet.",
  },
  all: { includes: () => true, empty: "No orders yet." },
};

const newestFirst = (a, b) =>
  a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : 0;

export class Orders {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.view = VIEWS.working;
    this.shown = STEP;
    this.body = root.querySelector("tbody");
    this.onlySymbol = root.querySelector("#only-symbol");
    this.cancelAllButton = root.querySelector("#cancel-all");
    this.more = root.querySelector("#orders-more");
    this.drawSoon = perFrame(() => this.draw());
    this.listen();
    for (const topic of ["orders", "symbol", "reference"]) session.watch(topic, this.drawSoon);
  }

  listen() {
    for (const radio of this.root.querySelectorAll("input[name=order-view]")) {
      radio.addEventListener("change", () => {
        this.view = VIEWS[radio.value];
        this.shown = STEP;
        this.drawSoon();
      });
    }
    this.onlySymbol.checked = recall(ONLY_SYMBOL) === "yes";
    this.onlySymbol.addEventListener("change", () => {
      remember(ONLY_SYMBOL, this.onlySymbol.checked ? "yes" : "no");
      this.drawSoon();
    });
    this.more.addEventListener("click", () => {
      this.shown += STEP;
      this.drawSoon();
    });
    this.cancelAllButton.addEventListener("click", () => this.cancelAll());
  }

  /** The orders that concern the table and its buttons, before the view narrows them. */
  candidates() {
    const orders = Array.from(this.session.orders.values());
    if (!this.onlySymbol.checked) return orders;
    return orders.filter((order) => order.symbol === this.session.symbol);
  }

  draw() {
    const candidates = this.candidates();
    const working = candidates.filter(isOpen).length;
    const list = candidates.filter(this.view.includes).sort(newestFirst);
    reconcile(
      this.body, list.slice(0, this.shown), orderId,
      (order) => new OrderRow(this, order).element, (element, order) => element.owner.show(order));
    const empty = this.root.querySelector(".empty");
    setText(empty, this.view.empty);
    empty.hidden = list.length > 0 || !this.session.hasOrders;
    this.more.hidden = list.length <= this.shown;
    setText(this.more, `Show more (${list.length - this.shown} left)`);
    setText(this.root.querySelector("#working-count"), String(working));
    this.cancelAllButton.disabled = working === 0 || !may("cancel");
    setAttribute(this.cancelAllButton, "title", whyNot("cancel"));
  }

  /** Changes an order; answers null, or the refusal. */
  async edit(order, change) {
    try {
      const answer = await api.editOrder(orderId(order), change);
      if (answer.order) this.session.take(answer.order);
      const kept = answer.priority_kept ? "It keeps" : "It has lost";
      toast("info", `${order.symbol} order changed`, `${kept} its place in the queue.`);
      return null;
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      toast("reject", "Not changed", error.message);
      return error;
    }
  }

  async cancel(order) {
    try {
      await api.cancelOrder(orderId(order));
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      // 409: it had ended already, which its row says.
      if (error.status !== 409) toast("reject", "Not cancelled", error.message);
    }
    // Without the feed nobody else says what became of it.
    if (this.session.feed.state.name !== "live") await this.session.refresh();
  }

  async cancelAll() {
    const working = this.candidates().filter(isOpen);
    const where = this.onlySymbol.checked ? `in ${this.session.symbol} ` : "";
    const count = `${working.length} working order${working.length === 1 ? "" : "s"}`;
    const question = `Cancel ${count} ${where}of ${this.session.account?.name}?`;
    if (await isConfirmed(question)) await Promise.all(working.map((order) => this.cancel(order)));
  }
}

/** Asks in a dialog of the page; true only by its own button. */
function isConfirmed(question) {
  const dialog = document.getElementById("confirm");
  setText(dialog.querySelector("h2"), question);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
