// Sending the ticket's order, after a question where the trader wants one, and saying what became
// of it at the form.

import * as api from "../kit/api.js";
import { ask } from "../kit/confirm.js";
import * as decimal from "../kit/decimal.js";
import { clearErrors, showNotice } from "../kit/form.js";
import { titleIn, words } from "../kit/format.js";
import { toast } from "../kit/notice.js";
import { isOn } from "../kit/settings.js";

const SIDES = ["buy", "sell"];
const GOOD = new Set(["new", "partially_filled", "filled", "triggered", "parked"]);
const RETRYING = "No answer. Sent again under the same order id, so it can’t be placed twice.";

export class TicketSend {
  constructor(ticket) {
    this.ticket = ticket;
    this.session = ticket.session;
    this.form = ticket.form;
    this.isPending = false;
    this.buttons = Object.fromEntries(SIDES.map((side) => [side, this.form.elements[side]]));
    for (const side of SIDES) this.buttons[side].addEventListener("click", () => this.send(side));
  }

  async send(side) {
    const { session, ticket } = this;
    if (this.isPending || !session.accountId || !session.symbol) return;
    clearErrors(this.form);
    const { order, error, name } = ticket.read(side);
    if (error) return ticket.showErrorAt(name, error);
    if (isOn("confirm") && !(await this.isConfirmed(order))) return this.buttons[side].focus();
    this.setPending(true);
    try {
      const report = await api.placeOrder(order, () => showNotice(this.form, RETRYING, "wait"));
      session.takeReport(report);
      this.showOutcome(report);
    } catch (refusal) {
      this.showRefusal(refusal, order);
    } finally {
      this.setPending(false);
    }
  }

  setPending(isPending) {
    this.isPending = isPending;
    this.ticket.setPending(isPending);
  }

  isConfirmed(order) {
    const { plugins, account } = this.session;
    const answer = this.ticket.check.answers[order.side];
    const facts = [
      ["Account", account?.name ?? order.account_id],
      ["Order", this.describe(order)],
      ["Type", titleIn(plugins.order_types, order.order_type)],
      ["Price", order.price ? decimal.show(order.price, this.session.priceScale()) : "–"],
      ...Object.entries(order.params ?? {}).map(([name, value]) => [words(name), String(value)]),
      ["In force", titleIn(plugins.times_in_force, order.time_in_force)],
    ];
    if (answer) facts.push(["Check", this.ticket.check.outcome(answer)]);
    return ask({
      title: `${this.describe(order)}?`, text: facts, no: "Back", yes: `Send ${order.side}`,
      isExpected: true,
    });
  }

  describe(order) {
    return `${words(order.side)} ${decimal.show(order.quantity)} ${order.symbol}`;
  }

  showOutcome(report) {
    const hasFills = decimal.parse(report.cum_qty)?.units > 0n;
    const average = decimal.showRounded(report.avg_px, this.session.priceScale());
    const filled = hasFills ? `, filled ${decimal.show(report.cum_qty)} at ${average}` : "";
    const reason = report.reason ? ` (${report.reason})` : "";
    const status = report.order_status === "new" ? "open" : report.order_status;
    const text = `${this.describe(report)}: ${words(status).toLowerCase()}${filled}${reason}`;
    showNotice(this.form, text, GOOD.has(report.order_status) ? "good" : "reject");
  }

  showRefusal(error, order) {
    if (!(error instanceof api.ApiError)) throw error;
    if (error.isUnknown) {
      const advice = "Look at My orders once the connection is back before you send another.";
      showNotice(this.form, `No answer after two tries: the order may stand. ${advice}`, "reject");
      return;
    }
    this.ticket.showErrorAt(error.field, error.message);
    toast("reject", this.describe(order), error.message);
  }
}
