// The depth chart: how much is bid down to a price, how much is offered up to it. Bids stand left
// of the middle and asks right of it, so colour isn't needed to tell them apart.

import { label, line, mountCanvas, ticks } from "../kit/canvas.js";
import * as decimal from "../kit/decimal.js";
import { setText } from "../kit/dom.js";

const RIGHT = 64;
const BOTTOM = 20;
/** Levels of a side that are added up: what a screen can show. */
const MOST = 500;

/** [{price, total, text}] from the best outwards; numbers place pixels, text is read. */
function sums(levels) {
  let total = decimal.ZERO;
  return levels.slice(0, MOST).map(({ price, quantity }) => {
    total = decimal.add(total, quantity);
    return { price: Number(decimal.plain(price)), total: Number(decimal.plain(total)), sum: total };
  });
}

export class Depth {
  constructor(root, session) {
    this.session = session;
    this.legend = root.querySelector(".legend");
    this.pointer = null;
    const canvas = root.querySelector("canvas");
    this.draw = mountCanvas(canvas, (...all) => this.paint(...all));
    for (const topic of ["book", "symbol"]) session.watch(topic, () => !root.hidden && this.draw());
    canvas.addEventListener("pointermove", (event) => {
      this.pointer = event.offsetX;
      this.draw();
    });
    canvas.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.draw();
    });
  }

  paint(context, width, height, colours) {
    const { book } = this.session;
    const [bids, asks] = [sums(book.bids.list), sums(book.asks.list)];
    if (!bids.length && !asks.length) return this.paintEmpty(context, width, height, colours);
    const middle = ((bids[0] ?? asks[0]).price + (asks[0] ?? bids[0]).price) / 2;
    const reach = Math.max(middle - (bids.at(-1)?.price ?? middle),
      (asks.at(-1)?.price ?? middle) - middle, middle * 1e-6) * 1.03;
    const most = Math.max(bids.at(-1)?.total ?? 0, asks.at(-1)?.total ?? 0);
    const area = { right: width - RIGHT, bottom: height - BOTTOM };
    const x = (price) => ((price - middle + reach) / (2 * reach)) * area.right;
    const y = (total) => area.bottom - (total / most) * (area.bottom - 12);
    const [low, high] = [middle - reach, middle + reach];
    this.paintAxes(context, area, colours, { x, y, most, low, high });
    this.paintSide(context, bids, area, x, y, 0, colours.up, colours["up-soft"]);
    this.paintSide(context, asks, area, x, y, area.right, colours.down, colours["down-soft"]);
    line(context, x(middle), 0, x(middle), area.bottom, colours["line-strong"], [2, 3]);
    this.paintPointer(context, area, x, bids, asks, middle, colours);
  }

  paintEmpty(context, width, height, colours) {
    context.fillStyle = colours.dim;
    context.textAlign = "center";
    context.fillText("No orders in the book.", width / 2, height / 2);
    setText(this.legend, "No orders in the book.");
  }

  paintAxes(context, area, colours, { x, y, most, low, high }) {
    const places = this.session.priceScale();
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const total of ticks(0, most, 5)) {
      line(context, 0, y(total), area.right, y(total), colours.line);
      context.fillStyle = colours.dim;
      context.fillText(total.toLocaleString("en"), area.right + 6, y(total));
    }
    context.textAlign = "center";
    for (const price of ticks(low, high, area.right / 90)) {
      context.fillText(price.toFixed(places), x(price), area.bottom + BOTTOM / 2);
    }
  }

  paintSide(context, levels, area, x, y, edge, colour, fill) {
    if (!levels.length) return;
    context.beginPath();
    context.moveTo(x(levels[0].price), area.bottom);
    let from = area.bottom;
    for (const { price, total } of levels) {
      context.lineTo(x(price), from);
      context.lineTo(x(price), (from = y(total)));
    }
    context.lineTo(edge, from);
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
    context.lineTo(edge, area.bottom);
    context.closePath();
    context.fillStyle = fill;
    context.globalAlpha = 0.7;
    context.fill();
    context.globalAlpha = 1;
  }

  paintPointer(context, area, x, bids, asks, middle, colours) {
    const places = this.session.priceScale();
    const side = (levels, verb) => {
      const last = levels.at(-1);
      return last ? `${decimal.show(last.sum)} ${verb}` : `nothing ${verb}`;
    };
    let text = `${side(bids, "bid")} · ${side(asks, "offered")}`;
    if (this.pointer !== null && this.pointer < area.right) {
      const isBid = this.pointer < x(middle);
      const levels = isBid ? bids : asks;
      const reached = levels.filter(({ price }) =>
        isBid ? x(price) >= this.pointer : x(price) <= this.pointer).at(-1);
      line(context, this.pointer, 0, this.pointer, area.bottom, colours.dim, [3, 3]);
      if (reached) {
        const price = reached.price.toFixed(places);
        text = `${decimal.show(reached.sum)} ${isBid ? "bid down" : "offered up"} to ${price}`;
        label(context, price, Math.min(this.pointer, area.right - 60), area.bottom + BOTTOM / 2,
          colours.text, colours.panel);
      }
    }
    setText(this.legend, text);
  }
}
