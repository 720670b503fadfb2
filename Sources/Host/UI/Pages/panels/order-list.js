// Which orders the table shows, and in which order: a view, a filter, a sort, and children under
// their parents.

import { hasFills, isOpen, orderId, sideOf, statusOf, tifOf } from "../kit/order-store.js";

export const VIEWS = {
  working: { includes: isOpen, empty: "No working orders." },
  filled: {
    includes: hasFills,
    empty: "Nothing filled yet.",
  },
  all: { includes: () => true, empty: "No orders yet." },
};

const number = (name) => (order) => Number(order[name] ?? Number.NaN);
const text = (of) => (order) => String(of(order) ?? "");

/** Column → what it is sorted by. Numbers only place rows here; they are shown as they came. */
const KEYS = {
  time: (order) => order.created_at ?? "",
  symbol: text((order) => order.symbol), side: text(sideOf),
  kind: text((order) => order.order_type),
  price: number("price"), stop: number("stop_price"), quantity: number("quantity"),
  filled: number("filled_quantity"), average: number("avg_price"), tif: text(tifOf),
  status: text(statusOf),
};

/** By these an order keeps its place whatever becomes of it. */
export const LASTING = new Set(["time", "symbol", "side", "kind", "tif"]);

/** Nothing (NaN) stands last whichever way one sorts. */
function compare(a, b, direction) {
  if (a === b) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
  return a < b ? -direction : direction;
}

function matches(order, words) {
  const all = [
    orderId(order), order.symbol, sideOf(order), order.order_type, statusOf(order), tifOf(order),
    order.tag, order.reason,
  ].join(" ").toLowerCase();
  return words.every((word) => all.includes(word));
}

/**
 * `store`: the orders. `choice`: {view, symbol or null, filter, column, direction (1 or -1)}.
 * A parent whose children are in the list stands above them, even where it would be left out.
 */
export function listOrders(store, { view, symbol, filter, column, direction }) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const source = view === VIEWS.working ? store.open : store.byId;
  const chosen = new Map();
  for (const [id, order] of source) {
    if (symbol && order.symbol !== symbol) continue;
    if (!view.includes(order) || (words.length && !matches(order, words))) continue;
    chosen.set(id, order);
  }
  for (const order of Array.from(chosen.values())) {
    const parent = store.parentOf(order);
    if (parent) chosen.set(orderId(parent), parent);
  }
  const keyOf = KEYS[column];
  const rows = [];
  for (const order of chosen.values()) {
    const isChild = chosen.has(order.parent_order_id);
    if (!isChild) rows.push({ order, key: keyOf(order) });
  }
  rows.sort((a, b) => compare(a.key, b.key, direction) || compare(
    a.order.created_at, b.order.created_at, -1));
  return rows.flatMap(({ order }) => {
    const children = store.children.get(orderId(order));
    if (!children) return [order];
    return [order, ...children.map((id) => chosen.get(id)).filter(Boolean)];
  });
}
