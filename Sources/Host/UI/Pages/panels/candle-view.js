// How candles look: hollow where the price rose, filled where it fell, so that colour isn't needed;
// volume below, the last price and my working orders as lines, a crosshair with its figures.

import { label, line, ticks } from "../kit/canvas.js";
import * as decimal from "../kit/decimal.js";
import { setText } from "../kit/dom.js";
import { sideOf } from "../kit/order-store.js";

const RIGHT = 68;
const BOTTOM = 20;
const VOLUME_SHARE = 0.18;
const DAY = 864e5;
const pad = (number) => String(number).padStart(2, "0");

export class CandleView {
  constructor(candles) {
    this.candles = candles;
    this.session = candles.session;
    this.area = { right: 0, bottom: 0 };
  }

  /** The bars in sight: first and last index. */
  range() {
    const { bars, view } = this.candles;
    const count = Math.ceil(this.area.right / view.width);
    const last = bars.list.length - 1 - Math.floor(view.offset);
    return { first: Math.max(0, last - count), last };
  }

  /** The middle of a bar; the newest stands a little off the right edge. */
  x(index) {
    const { bars, view } = this.candles;
    const fromRight = bars.list.length - 1 - index - view.offset;
    return this.area.right - (fromRight + 1.5) * view.width;
  }

  indexAt(x) {
    const { bars, view } = this.candles;
    const fromRight = (this.area.right - x) / view.width - 1.5;
    const index = Math.round(bars.list.length - 1 - view.offset - fromRight);
    return x > this.area.right || index < 0 || index >= bars.list.length ? null : index;
  }

  paint(context, width, height, colours) {
    const { candles } = this;
    this.area = { right: width - RIGHT, bottom: height - BOTTOM };
    const { list } = candles.bars;
    const { index } = candles.view;
    setText(candles.legend, candles.words(list[index ?? list.length - 1]));
    if (!list.length) return this.paintEmpty(context, width, height, colours);
    const { first, last } = this.range();
    const bars = list.slice(first, last + 1);
    this.measure(bars);
    this.paintGrid(context, colours, bars, first);
    context.save();
    context.beginPath();
    context.rect(0, 0, this.area.right, this.area.bottom);
    context.clip();
    bars.forEach((bar, place) => this.paintBar(context, colours, bar, this.x(first + place)));
    context.restore();
    this.paintOrders(context, colours);
    this.paintLast(context, colours, list.at(-1));
    this.paintCrosshair(context, colours);
  }

  paintEmpty(context, width, height, colours) {
    context.fillStyle = colours.dim;
    context.textAlign = "center";
    context.fillText("No trades yet.", width / 2, height / 2);
  }

  measure(bars) {
    const low = Math.min(...bars.map((bar) => bar.at.low));
    const high = Math.max(...bars.map((bar) => bar.at.high));
    const tick = 10 ** -this.session.priceScale();
    const margin = Math.max((high - low) * 0.08, tick * 4);
    [this.low, this.high] = [low - margin, high + margin];
    this.volume = Math.max(...bars.map((bar) => bar.at.volume));
  }

  y(price) {
    const room = this.area.bottom * (1 - VOLUME_SHARE);
    return 6 + ((this.high - price) / (this.high - this.low)) * (room - 6);
  }

  paintGrid(context, colours, bars, first) {
    const { right, bottom } = this.area;
    const places = this.session.priceScale();
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const price of ticks(this.low, this.high, bottom / 60)) {
      line(context, 0, this.y(price), right, this.y(price), colours.line);
      context.fillStyle = colours.dim;
      context.fillText(price.toFixed(places), right + 6, this.y(price));
    }
    context.textAlign = "center";
    const every = Math.max(1, Math.ceil(84 / this.candles.view.width));
    bars.forEach((bar, place) => {
      if ((first + place) % every) return;
      context.fillStyle = colours.dim;
      context.fillText(this.time(bar.time), this.x(first + place), bottom + BOTTOM / 2);
    });
  }

  time(millis) {
    const when = new Date(millis);
    if (this.candles.bars.span >= DAY) return `${when.getUTCMonth() + 1}/${when.getUTCDate()}`;
    const clock = `${pad(when.getHours())}:${pad(when.getMinutes())}`;
    return this.candles.bars.span < 6e4 ? `${clock}:${pad(when.getSeconds())}` : clock;
  }

  paintBar(context, colours, bar, x) {
    const { width } = this.candles.view;
    const isUp = bar.at.close >= bar.at.open;
    const colour = isUp ? colours.up : colours.down;
    const half = Math.max(0.5, Math.floor(width * 0.35));
    const { open, close } = bar.at;
    const [top, bottom] = [Math.max(open, close), Math.min(open, close)];
    const tall = this.area.bottom * (VOLUME_SHARE - 0.03) * (bar.at.volume / this.volume || 0);
    context.fillStyle = isUp ? colours["up-soft"] : colours["down-soft"];
    context.fillRect(x - half, this.area.bottom - tall, half * 2 + 1, tall);
    line(context, x, this.y(bar.at.high), x, this.y(top), colour);
    line(context, x, this.y(bottom), x, this.y(bar.at.low), colour);
    const tallness = Math.max(1, this.y(bottom) - this.y(top));
    if (isUp && half >= 2) {
      context.strokeStyle = colour;
      context.strokeRect(
        Math.round(x - half) + 0.5, Math.round(this.y(top)) + 0.5, half * 2, Math.round(tallness));
    } else {
      context.fillStyle = colour;
      context.fillRect(Math.round(x - half), this.y(top), half * 2 + 1, tallness);
    }
  }

  /** Limits as solid lines, stops as dashed ones, each with what it would do. */
  paintOrders(context, colours) {
    for (const order of this.session.orders.open.values()) {
      if (order.symbol !== this.session.symbol || !this.isWorking(order)) continue;
      const isStop = order.status === "parked" && order.stop_price;
      const price = Number(isStop ? order.stop_price : order.price);
      if (!(price > this.low && price < this.high)) continue;
      const side = sideOf(order);
      const colour = side === "buy" ? colours.up : colours.down;
      const dash = isStop ? [2, 4] : [6, 3];
      line(context, 0, this.y(price), this.area.right, this.y(price), colour, dash);
      const kind = `${side === "buy" ? "Buy" : "Sell"} ${decimal.show(order.remaining_quantity)}`;
      label(context, isStop ? `${kind} stop` : kind, 6, this.y(price), colours.raised, colour);
    }
  }

  isWorking(order) {
    if (order.status === "parked") return Boolean(order.stop_price);
    return Boolean(order.price);
  }

  paintLast(context, colours, bar) {
    const price = bar.at.close;
    if (!(price > this.low && price < this.high)) return;
    const colour = bar.at.close >= bar.at.open ? colours.up : colours.down;
    line(context, 0, this.y(price), this.area.right, this.y(price), colour, [1, 3]);
    const text = decimal.show(bar.close, this.session.priceScale());
    label(context, text, this.area.right + 2, this.y(price), colour, colours.panel);
  }

  paintCrosshair(context, colours) {
    const { index, y } = this.candles.view;
    const bar = this.candles.bars.list[index];
    if (!bar) return;
    const { right, bottom } = this.area;
    line(context, this.x(index), 0, this.x(index), bottom, colours.dim, [3, 3]);
    const level = y ?? this.y(bar.at.close);
    if (level < bottom * (1 - VOLUME_SHARE)) {
      line(context, 0, level, right, level, colours.dim, [3, 3]);
      const room = bottom * (1 - VOLUME_SHARE) - 6;
      const price = this.high - ((level - 6) / room) * (this.high - this.low);
      label(context, price.toFixed(this.session.priceScale()), right + 2, level, colours.text,
        colours.panel);
    }
    const text = this.time(bar.time);
    label(context, text, this.x(index) - 24, bottom + BOTTOM / 2, colours.text, colours.panel);
  }
}
