// What every panel of the trade page looks at: the chosen account and symbol, the reference data,
// the book, and the account's orders and positions kept current. Panels watch a topic and are
// called when it changed; they never call each other.

import * as api from "./api.js";
import { Feed } from "./feed.js";
import { priceScale } from "./format.js";
import { History } from "./history.js";
import { MarketBook } from "./levels.js";
import { recall, remember } from "./memory.js";
import { orderId, OrderStore } from "./order-store.js";

const ACCOUNT = "oes.account";
const SYMBOL = "oes.symbol";

export class Session {
  constructor() {
    this.watchers = new Map();
    this.feed = new Feed();
    this.instruments = new Map();
    this.accounts = new Map();
    this.plugins = { order_types: [], times_in_force: [], risk_rules: [] };
    this.accountId = null;
    this.symbol = null;
    this.book = new MarketBook();
    /** The chosen symbol's bid, ask, last, open, high, low and volume, as far as known. */
    this.quote = {};
    this.forget();
  }

  forget() {
    this.orders = new OrderStore();
    this.history = new History(this, this.accountId);
    this.positions = new Map();
    // Counts what is heard over the feed, so that an older answer over REST can't undo it.
    this.hearings = 0;
    this.heard = new Map();
    this.hasOrders = false;
  }

  /** Topics: reference, account, symbol, instrument, balance, orders, positions, execution, quote,
   * book, trade, trades (a snapshot), pick (for the ticket: price, quantity), problem. */
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

  // The market.

  selectSymbol(symbol) {
    if (symbol === null || symbol === this.symbol) return;
    this.endSymbol?.();
    this.symbol = symbol;
    this.quote = {};
    this.book.forget(Number(this.instrument?.price_scale ?? 2));
    remember(SYMBOL, symbol);
    this.tell("symbol", symbol);
    this.tell("book");
    this.tell("quote");
    const ends = [
      this.feed.subscribe(`oes:orderbook:${symbol}`, (type, data) => this.hearBook(type, data)),
      this.feed.subscribe(`oes:trades:${symbol}`, (type, data) => this.hearTrade(type, data)),
    ];
    this.endSymbol = () => ends.forEach((end) => end());
  }

  hearBook(type, data) {
    if (type === "instrument") {
      this.instruments.set(data.symbol, data);
      this.tell("instrument", data);
    } else if (this.book.hear(type, data)) {
      const [bid, ask] = [this.book.bids.list[0], this.book.asks.list[0]];
      this.setQuote({ bid: bid?.name ?? null, ask: ask?.name ?? null });
      this.tell("book");
    }
  }

  hearTrade(type, data) {
    if (type === "snapshot") {
      const trades = data.trades ?? [];
      if (trades.length) this.setQuote({ last: trades[0].price });
      this.tell("trades", trades);
    } else if (type === "trade") {
      this.tell("trade", data);
    } else if (type === "bust") {
      this.tell("bust", data);
    }
  }

  setQuote(change) {
    const isNew = Object.entries(change).some(([name, value]) => this.quote[name] !== value);
    if (!isNew) return;
    this.quote = { ...this.quote, ...change };
    this.tell("quote");
  }

  // The account.

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
    // Without a feed the page still shows what stands; with one it is asked for once subscribed.
    if (this.feed.state.name !== "live") this.refresh(accountId);
  }

  /** Takes the account's picture over REST; what was heard meanwhile is newer and stays. */
  async refresh(accountId = this.accountId) {
    const before = this.hearings;
    const isHeardSince = (key) => (this.heard.get(key) ?? -1) >= before;
    try {
      const [, positions, accounts] = await Promise.all([
        this.history.refresh(), api.positions(accountId), api.accounts(),
      ]);
      if (accountId !== this.accountId) return;
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
      this.orders.put(data);
      this.tell("orders", orderId(data));
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

  /** What REST says of an order, by an answer to this page's own request. */
  take(order) {
    if (String(order.account_id) !== this.accountId || !this.orders.put(order)) return;
    this.tell("orders", orderId(order));
  }

  /** An execution report, as far as it says how its order stands now. */
  takeReport(report) {
    const {
      order_id, client_order_id, account_id, symbol, side, order_type, time_in_force, price,
      quantity, reason, tag, event_seq,
    } = report;
    const known = this.orders.get(order_id);
    this.take({
      order_id, client_order_id, account_id, symbol, side, order_type, time_in_force, price,
      quantity, reason, tag, event_seq, status: report.order_status,
      filled_quantity: report.cum_qty, remaining_quantity: report.leaves_qty,
      avg_price: report.avg_px, created_at: known?.created_at ?? report.matched_at,
    });
  }
}
