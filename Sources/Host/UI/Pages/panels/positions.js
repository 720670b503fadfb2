// What the account holds, with profit and loss as the server computes it.

import * as decimal from "../kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "../kit/dom.js";
import { signed, tone } from "../kit/format.js";

export function mountPositions(root, session) {
  const body = root.querySelector("tbody");
  const empty = root.querySelector(".empty");

  function create(position) {
    const cell = () => h("td", { class: "num" });
    const symbol = h("button", { type: "button", class: "link" }, position.symbol);
    symbol.addEventListener("click", () => session.selectSymbol(position.symbol));
    const row = h("tr", {}, h("th", { scope: "row" }, symbol), cell(), cell(), cell(), cell(), cell());
    return row;
  }

  function update(row, position) {
    const places = session.priceScale(position.symbol);
    const [, quantity, available, average, unrealized, realized] = row.children;
    setText(quantity, decimal.show(position.quantity));
    setText(available, decimal.show(position.available));
    setText(average, decimal.showRounded(position.avg_price ?? null, places));
    for (const [cell, value] of [[unrealized, position.unrealized_pnl], [realized, position.realized_pnl]]) {
      setText(cell, signed(value));
      setAttribute(cell, "class", `num ${tone(value)}`);
    }
  }

  const draw = perFrame(() => {
    const held = Array.from(session.positions.values())
      .filter((position) => ["quantity", "held", "realized_pnl"]
        .some((name) => decimal.parse(position[name])?.units))
      .sort((a, b) => a.symbol.localeCompare(b.symbol));
    reconcile(body, held, (position) => position.symbol, create, update);
    empty.hidden = held.length > 0;
  });

  session.watch("positions", draw);
  session.watch("reference", draw);
}
