// What the account holds, with profit and loss: as the server computes them, and for the chosen
// symbol marked to each trade as it comes.

import * as decimal from "../kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "../kit/dom.js";
import { signed, tone } from "../kit/format.js";

export class Positions {
  constructor(root, session) {
    this.session = session;
    this.body = root.querySelector("tbody");
    this.empty = root.querySelector(".empty");
    this.drawSoon = perFrame(() => this.draw());
    for (const topic of ["positions", "reference", "quote"]) session.watch(topic, this.drawSoon);
  }

  draw() {
    const isHeld = (position) =>
      ["quantity", "realized_pnl"].some((name) => decimal.parse(position[name])?.units);
    const held = Array.from(this.session.positions.values()).filter(isHeld)
      .sort((a, b) => a.symbol.localeCompare(b.symbol));
    reconcile(
      this.body, held, (position) => position.symbol, (position) => this.create(position),
      (row, position) => this.update(row, position));
    this.empty.hidden = held.length > 0 || !this.session.hasOrders;
  }

  create({ symbol }) {
    const cell = () => h("td", { class: "num" });
    const choose = () => this.session.selectSymbol(symbol);
    const button = h("button", { type: "button", class: "link", onclick: choose }, symbol);
    return h("tr", {}, h("th", { scope: "row" }, button), cell(), cell(), cell(), cell(), cell());
  }

  update(row, position) {
    const [, quantity, available, average, unrealized, realized] = row.children;
    const places = this.session.priceScale(position.symbol);
    setText(quantity, decimal.show(position.quantity));
    setText(available, decimal.show(position.available));
    setText(average, decimal.showRounded(position.avg_price, places));
    const profits = [[unrealized, this.unrealized(position)], [realized, position.realized_pnl]];
    for (const [cell, value] of profits) {
      setText(cell, signed(value));
      setAttribute(cell, "class", `num ${tone(value)}`);
    }
  }

  unrealized(position) {
    const { symbol, quote } = this.session;
    const last = position.symbol === symbol ? decimal.parse(quote.last) : null;
    const [quantity, cost] = [position.quantity, position.cost].map(decimal.parse);
    if (!last || !quantity || !cost) return position.unrealized_pnl;
    return decimal.plain(decimal.subtract(decimal.multiply(quantity, last), cost));
  }
}
