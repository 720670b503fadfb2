// What the ticket's order is worth, and what would be left: by its own price, or else by what the
// book would give now; the dry run's exact figure takes its place as soon as it is there.

import * as decimal from "../kit/decimal.js";
import { setAttribute, setText } from "../kit/dom.js";
import { money } from "../kit/format.js";

const SIDES = ["buy", "sell"];
const typed = (input) => decimal.parse(input.value.replaceAll(",", ""));

export class TicketWorth {
  constructor(ticket) {
    this.ticket = ticket;
    this.session = ticket.session;
    this.root = ticket.root;
    /** What the dry run says that a buy needs; null until it has answered. */
    this.required = null;
    for (const topic of ["account", "balance", "positions", "quote"]) {
      this.session.watch(topic, () => this.show());
    }
  }

  show() {
    const { ticket } = this;
    const size = typed(ticket.quantity);
    const price = ticket.priceInput ? typed(ticket.priceInput) : null;
    const { bid, ask } = this.session.quote;
    const best = { buy: decimal.parse(ask), sell: decimal.parse(bid) };
    const worth = {};
    for (const side of SIDES) {
      const by = price ?? best[side];
      worth[side] = size && by ? decimal.multiply(size, by) : null;
      const text = worth[side] ? `${price ? "" : "about "}${money(worth[side])}` : "";
      setText(ticket.form.elements[side].querySelector("small"), text);
    }
    this.showMeans(this.required ?? worth.buy);
  }

  showMeans(cost) {
    const { account, positions, symbol } = this.session;
    const available = decimal.parse(account?.available);
    const after = available && cost ? decimal.subtract(available, cost) : null;
    const isShort = after !== null && after.units < 0n;
    const element = this.root.querySelector("#ticket-after");
    setText(this.root.querySelector("#ticket-available"), available ? money(available) : "–");
    setText(element, after ? `${money(after)}${isShort ? ", not covered" : ""}` : "–");
    setAttribute(element, "class", isShort ? "num down" : "num");
    const held = positions.get(symbol)?.available ?? "0";
    setText(this.root.querySelector("#ticket-position"), decimal.show(held));
  }
}
