// The dry run: what would become of the ticket's order, and what each risk rule says, before it is
// sent. Asked for both sides a moment after the last change, and again while the market moves.

import * as api from "../kit/api.js";
import * as decimal from "../kit/decimal.js";
import { h, setAttribute, setText } from "../kit/dom.js";
import { words } from "../kit/format.js";
import { may } from "../kit/who.js";

const DELAY_MILLIS = 300;
/** However fast the market moves, it is asked so often at most. */
const REPEAT_MILLIS = 2000;
const SIDES = ["buy", "sell"];

export class TicketCheck {
  constructor(ticket) {
    this.ticket = ticket;
    this.session = ticket.session;
    this.root = ticket.root.querySelector("#ticket-check");
    this.body = this.root.querySelector("tbody");
    this.answers = {};
    this.asked = 0;
    this.askedAt = 0;
    for (const topic of ["account", "balance", "quote", "instrument"]) {
      this.session.watch(topic, () => this.later());
    }
  }

  /** After a change of the form: what was answered before holds no more. */
  soon() {
    this.answers = {};
    this.ticket.worth.required = null;
    this.show();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), DELAY_MILLIS);
  }

  later() {
    if (this.repeat || !this.answers.buy) return;
    const wait = Math.max(DELAY_MILLIS, this.askedAt + REPEAT_MILLIS - performance.now());
    this.repeat = setTimeout(() => {
      this.repeat = null;
      if (!document.hidden) this.ask();
    }, wait);
  }

  async ask() {
    const { accountId, symbol, feed } = this.session;
    const [buy, sell] = SIDES.map((side) => this.ticket.read(side).order);
    if (!buy || !accountId || !symbol || !may("trade") || feed.state.name !== "live") return;
    const mine = (this.asked += 1);
    this.askedAt = performance.now();
    try {
      const [ofBuy, ofSell] = await Promise.all([buy, sell].map(api.testOrder));
      if (mine !== this.asked) return;
      this.answers = { buy: ofBuy, sell: ofSell };
    } catch (error) {
      if (mine !== this.asked || !(error instanceof api.ApiError)) return;
      // What is malformed is said at its field when it is sent; until then it has no answer.
      this.answers = { refusal: error.message };
    }
    this.ticket.worth.required = decimal.parse(this.answers.buy?.required_cash);
    this.ticket.worth.show();
    this.show();
  }

  show() {
    const { answers } = this;
    this.root.hidden = !answers.buy && !answers.refusal;
    for (const side of SIDES) {
      const answer = answers[side];
      const isRefused = answer?.would_be === "rejected";
      setAttribute(this.ticket.form.elements[side], "data-refused", isRefused || null);
      const text = answers.refusal ?? (answer ? this.outcome(answer) : "");
      const line = this.root.querySelector(`[data-check=${side}]`);
      setText(line.querySelector("dd"), text);
      const isVain = answer?.order_status === "cancelled";
      setAttribute(line, "data-outcome", isVain ? "cancelled" : (answer?.would_be ?? null));
      line.hidden = side === "sell" && Boolean(answers.refusal);
    }
    this.body.parentElement.parentElement.hidden = !answers.buy;
    if (answers.buy) this.showRules(answers);
  }

  outcome(answer) {
    if (answer.would_be === "rejected") return `Would be refused: ${answer.rejection.message}`;
    const places = this.session.priceScale();
    const filled = decimal.parse(answer.filled_quantity);
    const fills = filled?.units > 0n
      ? `fills ${decimal.show(filled)} at ${decimal.showRounded(answer.avg_price, places)}` : null;
    const rest = {
      new: "rests in the book", partially_filled: "the rest rests", parked: "waits unseen",
      cancelled: fills ? "the rest is cancelled" : `cancelled (${words(answer.reason)})`,
    }[answer.order_status];
    const outcome = [fills, rest].filter(Boolean).join(", ") || words(answer.order_status);
    return outcome.charAt(0).toUpperCase() + outcome.slice(1);
  }

  showRules({ buy, sell }) {
    const titles = new Map(this.session.plugins.risk_rules.map((rule) => [rule.name, rule.title]));
    const told = new Map((sell?.rules ?? []).map((rule) => [rule.rule, rule]));
    this.body.replaceChildren(...buy.rules.map((rule) =>
      h("tr", {},
        h("th", { scope: "row" }, titles.get(rule.rule) ?? words(rule.rule)),
        cell(rule), cell(told.get(rule.rule)))));
    const rules = [...buy.rules, ...(sell?.rules ?? [])];
    const failed = new Set(rules.filter((rule) => rule.outcome === "rejected").map((r) => r.rule));
    const text = failed.size ? `${failed.size} of ${buy.rules.length} rules refuse` : "all pass";
    setText(this.root.querySelector("summary span"), text);
  }
}

/** A sign and words: what a rule says, with its headroom where it has one. */
function cell(rule) {
  if (!rule) return h("td", {}, "–");
  const isPassed = rule.outcome === "passed";
  const isShadow = rule.mode !== "enforce" ? ` (${rule.mode})` : "";
  const room = rule.headroom === null ? "" : ` ${decimal.show(rule.headroom)} left`;
  return h("td", { class: isPassed ? "up" : "down", title: rule.reason },
    `${isPassed ? "✓" : "✗"} ${isPassed ? "pass" : "refuse"}${isPassed ? room : ""}${isShadow}`);
}
