// An account's orders over REST: the working ones in full, ended ones page by page as far back as
// somebody looks. Ten thousand of them are ten pages.

import * as api from "./api.js";
import { isOpen, orderId } from "./order-store.js";

/** An order that was open when the connection went is asked for by itself; so many at most. */
const MOST_ASKED = 100;

export class History {
  constructor(session, accountId) {
    this.session = session;
    this.accountId = accountId;
    this.nextPage = undefined;
    this.loading = null;
  }

  get isComplete() {
    return this.nextPage === null;
  }

  get isCurrent() {
    return this.session.history === this;
  }

  put(orders) {
    if (this.isCurrent) for (const order of orders) this.session.orders.put(order);
  }

  /** The working orders and the newest page; what was thought open and isn't any more. */
  async refresh() {
    const [working, newest] = await Promise.all([
      api.workingOrders(this.accountId), api.orderPage(this.accountId),
    ]);
    if (!this.isCurrent) return;
    this.put(newest.items);
    this.put(working);
    this.nextPage ??= newest.next_page_token;
    const known = new Set(working.map(orderId));
    const doubtful = Array.from(this.session.orders.open.values(), orderId)
      .filter((id) => !known.has(id)).slice(0, MOST_ASKED);
    const answers = await Promise.allSettled(doubtful.map(api.order));
    this.put(answers.flatMap(({ value }) => (value && !isOpen(value) ? [value] : [])));
  }

  /** One page further back; several calls at once ask once. */
  older() {
    if (this.isComplete || this.nextPage === undefined) return Promise.resolve();
    this.loading ??= api.orderPage(this.accountId, this.nextPage)
      .then((page) => {
        this.put(page.items);
        this.nextPage = page.next_page_token;
        if (this.isCurrent) this.session.tell("orders");
      })
      .catch((error) => this.session.tell("problem", error))
      .finally(() => (this.loading = null));
    return this.loading;
  }

  /** All the way back, or as far as it can be had. */
  async everything() {
    while (!this.isComplete && this.nextPage !== undefined) {
      const before = this.nextPage;
      await this.older();
      if (this.nextPage === before) return;
    }
  }
}
