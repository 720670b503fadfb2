// One order in full: what it is, its family, and every step of its life as the server recorded it.
// While it is open the picture follows the order.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { h, setText } from "../kit/dom.js";
import { moment, titleIn, words } from "../kit/format.js";
import { orderId, sideOf, statusOf, tifOf } from "../kit/order-store.js";

const HIDDEN = new Set([
  "id", "order_id", "type", "tif", "side", "symbol", "account_id", "timestamp", "children",
  "params",
  "history", "history_is_cut", "event_seq", "fills", "exec_type", "order_type", "time_in_force",
  "status", "quantity", "parent_order_id", "link_group",
]);

export class OrderDetails {
  constructor(dialog, session) {
    this.dialog = dialog;
    this.session = session;
    this.id = null;
    session.watch("execution", (order) => {
      if (dialog.open && orderId(order) === this.id) this.load();
    });
  }

  async show(id) {
    this.id = id;
    await this.load();
    if (!this.dialog.open) this.dialog.showModal();
  }

  async load() {
    const { dialog, id } = this;
    try {
      const order = await api.order(id);
      if (id === this.id) this.draw(order);
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      setText(dialog.querySelector("h2"), error.message);
    }
  }

  draw(order) {
    const { dialog } = this;
    const title = `${words(sideOf(order))} ${decimal.show(order.quantity)} ${order.symbol}`;
    setText(dialog.querySelector("h2"), title);
    setText(dialog.querySelector(".id"), orderId(order));
    dialog.querySelector(".facts").replaceChildren(...this.facts(order));
    dialog.querySelector("tbody").replaceChildren(...order.history.map((step) => this.step(step)));
    this.drawFamily(order);
    dialog.querySelector(".cut").hidden = !order.history_is_cut;
  }

  facts(order) {
    const { plugins } = this.session;
    const facts = [
      ["Type", titleIn(plugins.order_types, order.order_type)],
      ["In force", titleIn(plugins.times_in_force, tifOf(order))],
      ["Status", words(statusOf(order))],
    ];
    const rest = { ...(order.params ?? {}), ...order };
    for (const [name, value] of Object.entries(rest)) {
      if (HIDDEN.has(name) || value === null || value === false || value === "") continue;
      const isTime = name.endsWith("_at") || name === "expire_time";
      facts.push([words(name), isTime ? moment(value) : value === true ? "Yes" : String(value)]);
    }
    return facts.map(([term, text]) => h("div", {}, h("dt", {}, term), h("dd", {}, text)));
  }

  step(step) {
    const places = this.session.priceScale(step.symbol);
    const number = (text) => h("td", { class: "num" }, text);
    const isTrade = decimal.parse(step.last_qty)?.units > 0n;
    return h(
      "tr", {},
      h("td", { class: "dim" }, moment(step.matched_at)),
      h("td", {}, words(step.exec_type)),
      number(isTrade ? decimal.show(step.last_qty) : "–"),
      number(isTrade ? decimal.show(step.last_px, places) : "–"),
      number(decimal.show(step.cum_qty)), number(decimal.show(step.leaves_qty)),
      h("td", {}, [step.liquidity, step.reason].filter(Boolean).join(", ")));
  }

  /** The parent and the children, each a button that shows it. */
  drawFamily(order) {
    const family = [order.parent_order_id, ...(order.children ?? [])].filter(Boolean);
    const box = this.dialog.querySelector(".family");
    box.hidden = family.length === 0;
    box.querySelector("ul").replaceChildren(...family.map((id) => {
      const known = this.session.orders.get(id);
      const what = id === order.parent_order_id ? "Parent" : "Child";
      const status = known ? `, ${words(statusOf(known)).toLowerCase()}` : "";
      return h("li", {}, h("button", {
        type: "button", class: "link", onclick: () => this.show(id),
      }, id), h("span", { class: "dim" }, ` ${what}${status}`));
    }));
  }
}
