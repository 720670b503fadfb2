// One account's rules and limits, with how much of each is used where the server says so.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { h, reconcile, setAttribute, setText } from "../kit/dom.js";
import { words } from "../kit/format.js";

/** One row a limit; a rule without limits of its own has one row, too. */
function rowsOf(rules) {
  return rules.flatMap((rule) => {
    const limits = Object.entries(rule.limits ?? {});
    if (!limits.length) return [{ rule, name: null, value: null }];
    return limits.map(([name, value]) => ({ rule, name, value }));
  });
}

const usageOf = ({ rule, name }) => {
  const usage = (rule.usage ?? []).find((item) => item.limit === name || item.name === name);
  return usage ?? null;
};

export class RiskLimits {
  /** `select`: whose limits. */
  constructor(root, select) {
    this.root = root;
    this.select = select;
    this.body = root.querySelector("tbody");
    select.addEventListener("change", () => this.load());
  }

  /** The accounts to choose from; the choice stays. */
  offer(accounts) {
    const names = Array.from(accounts.values(), (item) => `${item.account_id} ${item.name}`).join();
    if (names === this.offered) return;
    this.offered = names;
    const chosen = this.select.value;
    this.select.replaceChildren(...Array.from(accounts.values(), (account) =>
      h("option", { value: account.account_id }, account.name)));
    if (chosen) this.select.value = chosen;
    this.load();
  }

  async load() {
    const id = this.select.value;
    if (!id) return;
    const rules = await api.limits(id);
    if (id !== this.select.value) return;
    reconcile(
      this.body, rowsOf(rules), (row) => `${row.rule.rule} ${row.name}`, () => this.create(),
      (element, row) => this.update(element, row));
    this.root.querySelector(".empty").hidden = rules.length > 0;
  }

  create() {
    return h(
      "tr", {}, h("th", { scope: "row" }), h("td"), h("td"), h("td", { class: "num" }),
      h("td", { class: "num" }), h("td", { class: "num" }));
  }

  update(row, item) {
    const usage = usageOf(item);
    const texts = [
      item.rule.title ?? item.rule.rule, words(item.rule.mode), item.name ? words(item.name) : "–",
      item.value === null ? "–" : decimal.show(item.value),
      usage ? decimal.show(usage.value ?? usage.used) : "–",
      usage ? decimal.show(usage.headroom) : "–",
    ];
    texts.forEach((text, index) => setText(row.children[index], text));
    setAttribute(row.children[1], "class", item.rule.mode === "enforce" ? null : "down");
  }
}
