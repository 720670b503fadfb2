// The candle chart's data and controls: which interval, the bars so far, each trade as it comes,
// how far one has zoomed and moved. How it looks is candle-view.js.

import * as api from "../kit/api.js";
import { Bars, INTERVALS } from "../kit/bars.js";
import { mountCanvas } from "../kit/canvas.js";
import * as decimal from "../kit/decimal.js";
import { setText } from "../kit/dom.js";
import { moment, money } from "../kit/format.js";
import { recall, remember } from "../kit/memory.js";
import { CandleView } from "./candle-view.js";

const INTERVAL = "oes.interval";
const [LEAST_WIDTH, MOST_WIDTH] = [2, 48];
const ZOOM = 1.15;
/** Pages of trades that bars are made of at first. */
const PAGES = 3;

export class Candles {
  constructor(root, session) {
    this.root = root;
    this.session = session;
    this.canvas = root.querySelector("canvas");
    this.legend = root.querySelector(".legend");
    this.spoken = root.querySelector("[aria-live]");
    this.interval = INTERVALS[recall(INTERVAL)] ? recall(INTERVAL) : "1m";
    this.bars = new Bars(this.interval);
    /** Pixels a bar, bars beyond the right edge, and the bar under the crosshair. */
    this.view = { width: 9, offset: 0, index: null, y: null };
    this.painter = new CandleView(this);
    this.draw = mountCanvas(this.canvas, (...all) => this.painter.paint(...all));
    this.drawIfSeen = () => !root.hidden && this.draw();
    this.listen();
    session.watch("symbol", () => this.load());
    session.watch("trade", (trade) => this.add(trade));
    session.watch("orders", this.drawIfSeen);
    session.watch("quote", this.drawIfSeen);
    session.feed.watch((state) => this.connected(state.name === "live"));
  }

  listen() {
    for (const radio of document.querySelectorAll("input[name=interval]")) {
      radio.checked = radio.value === this.interval;
      radio.addEventListener("change", () => {
        this.interval = radio.value;
        remember(INTERVAL, radio.value);
        this.load();
      });
    }
    const { canvas } = this;
    canvas.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.grabbed(event));
    canvas.addEventListener("pointermove", (event) => this.pointed(event));
    canvas.addEventListener("pointerleave", () => this.point(null, null));
    canvas.addEventListener("dblclick", () => this.reset());
    this.root.addEventListener("keydown", (event) => this.pressed(event));
  }

  // Data.

  /** Trades that happened while the feed was away are in the past that is loaded anew. */
  connected(isLive) {
    if (isLive && this.isLive === false) this.load();
    this.isLive = isLive;
  }

  async load() {
    const { symbol } = this.session;
    const bars = new Bars(this.interval);
    this.bars = bars;
    this.pending = [];
    this.reset();
    if (!symbol) return;
    try {
      const trades = await this.past(symbol);
      if (this.bars !== bars) return;
      for (const trade of trades.reverse()) bars.add(trade);
      const seen = new Set(trades.map((trade) => trade.trade_id));
      for (const trade of this.pending) if (!seen.has(trade.trade_id)) bars.add(trade);
      this.pending = null;
      this.drawIfSeen();
    } catch (error) {
      this.session.tell("problem", error);
    }
  }

  /** Newest first. */
  async past(symbol) {
    const found = [];
    let token = null;
    for (let page = 0; page < PAGES; page += 1) {
      const answer = await api.trades(symbol, token);
      found.push(...answer.items.filter((trade) => !trade.internal));
      token = answer.next_page_token;
      if (!token) break;
    }
    return found;
  }

  add(trade) {
    if (this.pending) return this.pending.push(trade);
    const before = this.bars.list.length;
    this.bars.add(trade);
    // Who looks at the past keeps looking at it while new bars come.
    if (this.bars.list.length > before && this.view.offset > 0) this.view.offset += 1;
    this.drawIfSeen();
  }

  // Looking around.

  reset() {
    Object.assign(this.view, { width: 9, offset: 0, index: null, y: null });
    this.draw();
  }

  zoom(factor) {
    const width = this.view.width * factor;
    this.view.width = Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, width));
    this.move(0);
  }

  move(bars) {
    const most = Math.max(0, this.bars.list.length - 5);
    this.view.offset = Math.max(0, Math.min(most, this.view.offset + bars));
    this.draw();
  }

  wheeled(event) {
    event.preventDefault();
    const isAcross = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (isAcross) this.move(-event.deltaX / this.view.width);
    else this.zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM);
  }

  /** One pointer pulls the chart; two spread it. */
  grabbed(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers ??= new Map();
    this.pointers.set(event.pointerId, event.offsetX);
    const release = () => this.pointers.delete(event.pointerId);
    this.canvas.addEventListener("lostpointercapture", release, { once: true });
  }

  pointed(event) {
    const from = this.pointers?.get(event.pointerId);
    if (from === undefined) return this.point(this.painter.indexAt(event.offsetX), event.offsetY);
    if (this.pointers.size === 2) {
      const other = Array.from(this.pointers).find(([id]) => id !== event.pointerId)[1];
      const [was, is] = [Math.abs(from - other), Math.abs(event.offsetX - other)];
      if (was > 0 && is > 0) this.zoom(is / was);
    } else {
      this.move((event.offsetX - from) / this.view.width);
    }
    this.pointers.set(event.pointerId, event.offsetX);
  }

  point(index, y) {
    this.view.index = index;
    this.view.y = y;
    this.draw();
  }

  pressed(event) {
    const last = this.bars.list.length - 1;
    const index = this.view.index ?? last + 1;
    const actions = {
      ArrowLeft: () => this.pointByKey(Math.max(0, index - 1)),
      ArrowRight: () => this.pointByKey(Math.min(last, index + 1)),
      Home: () => this.pointByKey(0),
      End: () => this.pointByKey(last),
      PageUp: () => this.move(20),
      PageDown: () => this.move(-20),
      "+": () => this.zoom(ZOOM),
      "=": () => this.zoom(ZOOM),
      "-": () => this.zoom(1 / ZOOM),
      0: () => this.reset(),
    };
    const action = actions[event.key];
    if (!action || event.target !== this.root || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  /** The crosshair by key; the bar is read out, and kept in sight. */
  pointByKey(index) {
    if (index < 0) return;
    const { first, last } = this.painter.range();
    if (index < first) this.move(first - index);
    if (index > last) this.move(last - index);
    this.point(index, null);
    setText(this.spoken, this.words(this.bars.list[index]));
  }

  words(bar) {
    if (!bar) return "No trades yet.";
    const places = this.session.priceScale();
    const price = (name) => decimal.show(bar[name], places);
    return `${moment(bar.time)}  O ${price("open")}  H ${price("high")}  L ${price("low")}  `
      + `C ${price("close")}  ${this.change(bar)}  V ${decimal.show(bar.volume)}`;
  }

  /** From the bar's open to its close, with a sign, in hundredths of a percent. */
  change(bar) {
    const [open, close] = [bar.open, bar.close].map(decimal.parse);
    const difference = decimal.subtract(close, open);
    if (!open.units) return "–";
    const places = Math.max(open.places, difference.places);
    const at = (value) => value.units * 10n ** BigInt(places - value.places);
    const percent = { units: (at(difference) * 10_000n) / at(open), places: 2 };
    return `${percent.units > 0n ? "+" : ""}${money(decimal.plain(percent))} %`;
  }
}
