// What the account holds, with profit and loss: as the server computes them, and for the chosen
// symbol marked to each trade as it comes. A position is closed by a market order that may only
// make it smaller.

import * as api from "../kit/api.js";
import { ask } from "../kit/confirm.js";
import * as decimal from "../kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "../kit/dom.js";
import { money, signed, tone } from "../kit/format.js";
import { toast } from "../kit/notice.js";
import { whyNot } from "../kit/who.js";

/** The one order type that this page knows by name: closing means now, at what the market gives. */
const CLOSING_TYPE = "market";

export class Positions {
  constructor(root, session) {
    this.session = session;
    this.root = root;
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
    this.drawTotals(held);
    const open = held.filter((position) => decimal.parse(position.quantity)?.units).length;
    setText(document.getElementById("position-count"), String(open));
  }

  create({ symbol }) {
    const cells = Array.from({ length: 7 }, () => h("td", { class: "num" }));
    const choose = () => this.session.selectSymbol(symbol);
    const button = h("button", { type: "button", class: "link", onclick: choose }, symbol);
    const reason = whyNot("trade");
    const close = h("button", {
      type: "button", class: "quiet", "aria-label": `Close ${symbol}`, title: reason,
      onclick: () => this.close(symbol),
    }, "Close");
    const row = h(
      "tr", {}, h("th", { scope: "row" }, button), cells, h("td", { class: "actions" }, close));
    Object.assign(row, { cellsOf: cells, closing: close });
    return row;
  }

  update(row, position) {
    const [quantity, available, average, last, value, unrealized, realized] = row.cellsOf;
    const places = this.session.priceScale(position.symbol);
    const figures = this.figures(position);
    setText(quantity, decimal.show(position.quantity));
    setText(available, decimal.show(position.available));
    setText(average, decimal.showRounded(position.avg_price, places));
    setText(last, decimal.show(figures.last, places));
    setText(value, figures.value === null ? "–" : money(figures.value));
    const profits = [[unrealized, figures.profit], [realized, position.realized_pnl]];
    for (const [cell, profit] of profits) {
      setText(cell, profit === null || profit === undefined ? "–" : signed(profit));
      setAttribute(cell, "class", `num ${tone(profit)}`);
    }
    row.closing.disabled = !decimal.parse(position.available)?.units || whyNot("trade") !== null;
  }

  /** Last price, value and unrealized profit; null where nothing has traded yet. */
  figures(position) {
    const { symbol, quote } = this.session;
    const [quantity, cost] = [position.quantity, position.cost].map(decimal.parse);
    const [worth] = [position.market_value].map(decimal.parse);
    const last = position.symbol === symbol ? decimal.parse(quote.last) : null;
    if (last && quantity && cost) {
      const value = decimal.multiply(quantity, last);
      const profit = decimal.plain(decimal.subtract(value, cost));
      return { last, value: decimal.plain(value), profit };
    }
    // The server's value is quantity × last price, so the price is told by it exactly.
    const isKnown = worth && quantity?.units;
    return {
      last: isKnown ? quotient(worth, quantity) : null, value: position.market_value ?? null,
      profit: position.unrealized_pnl,
    };
  }

  drawTotals(held) {
    const sum = (values) =>
      values.map(decimal.parse).filter(Boolean).reduce(decimal.add, decimal.ZERO);
    const figures = held.map((position) => this.figures(position));
    const totals = {
      value: sum(figures.map(({ value }) => value)),
      unrealized: sum(figures.map(({ profit }) => profit)),
      realized: sum(held.map(({ realized_pnl: profit }) => profit)),
    };
    this.root.querySelector("tfoot").hidden = held.length < 2;
    for (const [name, total] of Object.entries(totals)) {
      const text = decimal.plain(total);
      const cell = this.root.querySelector(`[data-total=${name}]`);
      setText(cell, name === "value" ? money(text) : signed(text));
      if (name !== "value") setAttribute(cell, "class", `num ${tone(text)}`);
    }
  }

  async close(symbol) {
    const { accountId, positions } = this.session;
    const available = decimal.parse(positions.get(symbol)?.available);
    if (!available?.units) return;
    const side = available.units > 0n ? "sell" : "buy";
    const size = { ...available, units: available.units < 0n ? -available.units : available.units };
    const what = `${side === "sell" ? "Sell" : "Buy"} ${decimal.show(size)} ${symbol}`;
    const text = "At what the market gives now, within the instrument’s price band.";
    const title = `${what} at the market?`;
    if (!(await ask({ title, text, no: "Keep it", yes: "Close position" }))) return;
    try {
      const report = await api.placeOrder({
        account_id: accountId, symbol, side, order_type: CLOSING_TYPE,
        quantity: decimal.plain(size), reduce_only: true,
      });
      this.session.takeReport(report);
      if (report.reason) toast("info", what, report.reason);
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      toast("reject", what, error.message);
    }
  }
}

/** Exact where it comes out even within eight more places, as a price does. */
function quotient(a, b) {
  const places = a.places + 8;
  return { units: (a.units * 10n ** BigInt(8 + b.places)) / b.units, places };
}
