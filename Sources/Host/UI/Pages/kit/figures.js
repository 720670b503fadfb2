// An account's figures, as the trade page and the page of accounts show them.

import { h } from "./dom.js";
import { money, signed, tone, words } from "./format.js";

/** Field → [title, with a sign]. A figure that the server doesn't have yet is left out. */
const FIGURES = {
  equity: ["Equity"], balance: ["Cash"], held: ["Held by orders"], available: ["Available"],
  buying_power: ["Buying power"], day_profit: ["Profit today", true],
  unrealized_pnl: ["Unrealized", true], realized_pnl: ["Realized", true],
  gross_exposure: ["Gross exposure"], net_exposure: ["Net exposure", true],
};

/** Terms of a description list; `all`: the account, and what it risks. */
export function figuresOf(all) {
  const figures = Object.entries(FIGURES).filter(([name]) => (all[name] ?? null) !== null)
    .map(([name, [title, isSigned]]) => h(
      "div", {}, h("dt", {}, title),
      h("dd", { class: `num ${isSigned ? tone(all[name]) : ""}` },
        isSigned ? signed(all[name]) : money(all[name]))));
  const state = all.active === false ? "Inactive" : words(all.state);
  return [...figures, h("div", {}, h("dt", {}, "State"), h("dd", {}, state))];
}

export const unpricedText = (unpriced = []) =>
  (unpriced.length ? `Without a price yet, and so not in equity: ${unpriced.join(", ")}.` : "");
