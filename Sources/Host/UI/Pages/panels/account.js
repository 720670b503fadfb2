// The account's figures: cash from the feed, equity, exposure and profit as the server computes them,
// asked for again a moment after something changed.

import * as api from "../kit/api.js";
import { h } from "../kit/dom.js";
import { money, signed, tone, words } from "../kit/format.js";

const DELAY_MILLIS = 1000;

/** Field → [title, with a sign]. A figure that the server has and this doesn't name is not shown. */
const FIGURES = {
  equity: ["Equity"], balance: ["Cash"], held: ["Held by orders"], available: ["Available"],
  buying_power: ["Buying power"], day_pnl: ["Profit today", true],
  unrealized_pnl: ["Unrealized", true], realized_pnl: ["Realized", true],
  gross_exposure: ["Gross exposure"], net_exposure: ["Net exposure", true],
};

export class Account {
  constructor(root, session) {
    this.session = session;
    this.list = root.querySelector("dl");
    this.note = root.querySelector(".help");
    this.risk = null;
    session.watch("account", () => {
      this.risk = null;
      this.later(0);
    });
    session.watch("balance", () => this.later());
    session.watch("positions", () => this.later());
  }

  later(wait = DELAY_MILLIS) {
    this.draw();
    this.due ??= setTimeout(() => {
      this.due = null;
      this.load();
    }, wait);
  }

  async load() {
    const id = this.session.accountId;
    if (!id || document.hidden) return;
    try {
      const risk = await api.exposure(id);
      if (id !== this.session.accountId) return;
      this.risk = risk;
      this.draw();
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
    }
  }

  draw() {
    const { account } = this.session;
    if (!account) return;
    const all = { ...this.risk, ...account };
    const figures = Object.entries(FIGURES).filter(([name]) => all[name] !== undefined)
      .map(([name, [title, isSigned]]) => h(
        "div", {}, h("dt", {}, title),
        h("dd", { class: `num ${isSigned ? tone(all[name]) : ""}` },
          isSigned ? signed(all[name]) : money(all[name]))));
    const state = account.active === false ? "Inactive" : words(account.state);
    this.list.replaceChildren(
      ...figures, h("div", {}, h("dt", {}, "State"), h("dd", {}, state)));
    const unpriced = this.risk?.unpriced ?? [];
    this.note.textContent = unpriced.length
      ? `Without a price yet, and so not in equity: ${unpriced.join(", ")}.` : "";
  }
}
