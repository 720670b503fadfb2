// The account's orders as the page knows them: by id, which of them are open, and who belongs to
// whom. What REST and the feed say may cross on the way; the event's number decides which is newer.

const OPEN = new Set(["open", "new", "partially_filled", "triggered", "parked"]);
const RESTING = new Set(["open", "new", "partially_filled"]);

export const isOpen = (order) => OPEN.has(order.status);
/** Stands in the book: neither waits for its stop price or its parent, nor is a mere container. */
export const isResting = (order) =>
  RESTING.has(order.status) && !order.internal && order.price !== null && order.price !== undefined;
export const hasFills = (order) => Number(order.filled_quantity) > 0;
export const orderId = (order) => order.order_id ?? order.id;
export const sideOf = (order) => order.side ?? order.type;
/** /api/v1 and the feed say new where traders say open. */
export const statusOf = (order) => (order.status === "new" ? "open" : order.status);
export const tifOf = (order) => order.time_in_force ?? order.tif ?? "";

export class OrderStore {
  constructor() {
    this.byId = new Map();
    this.open = new Map();
    /** Parent's id → its children's, in the order in which they were heard of. */
    this.children = new Map();
    /** Counts what changes a list's members: an order that is new, opens, ends or first fills. */
    this.shape = 0;
  }

  get(id) {
    return this.byId.get(id);
  }

  get size() {
    return this.byId.size;
  }

  /** Takes an order; false where what is here is as new. Parts that it doesn't name stay. */
  put(order) {
    const id = orderId(order);
    const known = this.byId.get(id);
    if (known && known.event_seq > order.event_seq) return false;
    const merged = known ? { ...known, ...order } : order;
    this.byId.set(id, merged);
    if (isOpen(merged)) this.open.set(id, merged);
    else this.open.delete(id);
    if (!known && merged.parent_order_id) this.adopt(merged.parent_order_id, id);
    const isSame = known && isOpen(known) === isOpen(merged)
      && hasFills(known) === hasFills(merged);
    if (!isSame) this.shape += 1;
    return true;
  }

  adopt(parentId, childId) {
    if (!this.children.has(parentId)) this.children.set(parentId, []);
    this.children.get(parentId).push(childId);
  }

  parentOf(order) {
    return order.parent_order_id ? this.byId.get(order.parent_order_id) : undefined;
  }

  childrenOf(id) {
    return (this.children.get(id) ?? []).map((child) => this.byId.get(child));
  }
}
