// What every panel of the trade page looks at: the chosen account and symbol, the reference data,
// and the account's orders and positions kept current. Panels watch a topic and are called when it
// changed; they never call each other.

import * as api from "./api.js";
import { Feed } from "./feed.js";
import { priceScale } from "./format.js";
import { recall, remember } from "./memory.js";

const ACCOUNT = "oes.account";
const SYMBOL = "oes.symbol";

const OPEN = new Set(["open", "new", "partially_filled", "triggered", "parked"]);
export const isOpen = (order) => OPEN.has(order.status);
export const orderId = (order) => order.order_id ?? order.id;
export const sideOf = (order) => order.type ?? order.side;
/** /api/v1 and the feed say new where the kept routes say open. */
export const statusOf = (order) => (order.status === "new" ? "open" : order.status);
export const tifOf = (order) => order.tif ?? order.time_in_force ?? "";

export class Session {
  constructor() {
    this.watchers = new Map();
    this.feed = new Feed();
    this.instruments = new Map();
    this.accounts = new Map();
    this.plugins = { order_types: [], times_in_force: [] };
    this.accountId = null;
    this.symbol = null;
    /** The chosen symbol's bid, ask, last, open, high, low and volume, as far as known. */
    this.quote = {};
    this.forget();
  }

  forget() {
    this.orders = new Map();
    this.positions = new Map();
    // Counts what is heard over the feed, so that an older answer over REST can't undo it.
    this.hearings = 0;
    this.heard = new Map();
    this.hasOrders = false;
  }

  /** Topics: reference, account, symbol, balance, orders, positions, execution, quote, trade,
   * pick (a price for the ticket), problem. */
  watch(topic, callback) {
    if (!this.watchers.has(topic)) this.watchers.set(topic, new Set());
    this.watchers.get(topic).add(callback);
  }

  tell(topic, value) {
    for (const watcher of this.watchers.get(topic) ?? []) watcher(value);
  }

  get instrument() {
    return this.instruments.get(this.symbol) ?? null;
  }

  get account() {
    return this.accounts.get(this.accountId) ?? null;
  }

  /** Decimal places of a symbol's prices, for aligned columns. */
  priceScale(symbol = this.symbol) {
    return priceScale(this.instruments.get(symbol));
  }

  /** Loads reference data and restores the last choice; the address may name another. */
  async start() {
    const wanted = new URLSearchParams(location.search);
    const [instruments, accounts, plugins] = await Promise.all([
      api.instruments(), api.accounts(), api.plugins(),
    ]);
    this.instruments = new Map(instruments.map((item) => [item.symbol, item]));
    this.accounts = new Map(accounts.map((item) => [String(item.account_id), item]));
    this.plugins = plugins;
    this.tell("reference");
    const firstOf = (map, ...choices) =>
      choices.find((choice) => choice && map.has(choice)) ?? map.keys().next().value ?? null;
    this.selectAccount(firstOf(this.accounts, wanted.get("account"), recall(ACCOUNT)));
    this.selectSymbol(firstOf(this.instruments, wanted.get("symbol"), recall(SYMBOL)));
  }

  selectSymbol(symbol) {
    if (symbol === null || symbol === this.symbol) return;
    this.symbol = symbol;
    this.quote = {};
    remember(SYMBOL, symbol);
    this.tell("symbol", symbol);
    this.tell("quote");
  }

  setQuote(change) {
    const isNew = Object.entries(change).some(([name, value]) => this.quote[name] !== value);
    if (!isNew) return;
    this.quote = { ...this.quote, ...change };
    this.tell("quote");
  }

  selectAccount(accountId) {
    if (accountId === null || accountId === this.accountId) return;
    this.endAccount?.();
    this.accountId = accountId;
    remember(ACCOUNT, accountId);
    this.forget();
    this.tell("account", accountId);
    this.tell("orders");
    this.tell("positions");
    this.endAccount = this.feed.subscribe(
      `oes:account:${accountId}`,
      (type, data) => this.hear(type, data),
      () => this.refresh(accountId));
    // Without a feed the page still shows what stands.
    this.refresh(accountId);
  }

  /** Takes the account's picture over REST; what was heard meanwhile is newer and stays. */
  async refresh(accountId = this.accountId) {
    const before = this.hearings;
    const isHeardSince = (key) => (this.heard.get(key) ?? -1) >= before;
    try {
      const [orders, positions, accounts] = await Promise.all([
        api.orders(accountId), api.positions(accountId), api.accounts(),
      ]);
      if (accountId !== this.accountId) return;
      for (const order of orders) {
        if (!isHeardSince(`order ${orderId(order)}`)) this.orders.set(orderId(order), order);
      }
      for (const position of positions) {
        if (!isHeardSince(`position ${position.symbol}`)) {
          this.positions.set(position.symbol, position);
        }
      }
      for (const account of accounts) {
        const id = String(account.account_id);
        if (!isHeardSince(`account ${id}`)) this.accounts.set(id, account);
      }
      this.hasOrders = true;
      this.tell("orders");
      this.tell("positions");
      this.tell("balance");
    } catch (error) {
      this.tell("problem", error);
    }
  }

  /** One message of the account's channel. */
  hear(type, data) {
    const note = (key) => this.heard.set(key, this.hearings++);
    if (type === "order") {
      note(`order ${orderId(data)}`);
      this.orders.set(orderId(data), { ...this.orders.get(orderId(data)), ...data });
      this.tell("orders");
      this.tell("execution", data);
    } else if (type === "account") {
      note(`account ${data.account_id}`);
      this.accounts.set(String(data.account_id), data);
      this.tell("balance");
    } else if (type === "position") {
      note(`position ${data.symbol}`);
      this.positions.set(data.symbol, { ...this.positions.get(data.symbol), ...data });
      this.tell("positions");
    }
  }

  /** An answer over REST to this page's own request; the feed may have said more already. */
  take(order) {
    const known = this.orders.get(orderId(order));
    if (String(order.account_id) !== this.accountId || known?.event_seq >= order.event_seq) return;
    this.orders.set(orderId(order), order);
    this.tell("orders");
  }
}
