// A canvas as large as its box, sharp on any screen, in the page's colours, drawn once a frame and
// only when something changed and somebody sees it.

import { perFrame } from "./dom.js";

/** `draw(context, width, height, colours)`; answers a function that asks for a drawing. */
export function mountCanvas(canvas, draw) {
  const context = canvas.getContext("2d");
  let colours = readColours();
  const redraw = perFrame(() => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) {
      [canvas.width, canvas.height] = [across, down];
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = `11px ${colours.sans}`;
    draw(context, width, height, colours);
  });
  const recolour = () => {
    colours = readColours();
    redraw();
  };
  new ResizeObserver(redraw).observe(canvas);
  new MutationObserver(recolour).observe(document.documentElement, {
    attributes: true, attributeFilter: ["data-theme"],
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  return redraw;
}

const NAMES = [
  "panel", "raised", "line", "line-strong", "text", "dim", "accent", "on-accent", "up", "down",
  "up-soft", "down-soft", "sans",
];

function readColours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) =>
    [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Half pixels make a line of one pixel sharp. */
export function line(context, fromX, fromY, toX, toY, colour, dash = []) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(Math.round(fromX) + 0.5, Math.round(fromY) + 0.5);
  context.lineTo(Math.round(toX) + 0.5, Math.round(toY) + 0.5);
  context.stroke();
  context.setLineDash([]);
}

/** Text on a filled box, its left edge at x, centred on y; gives the box's width. */
export function label(context, text, x, y, fill, colour) {
  const width = context.measureText(text).width + 8;
  context.fillStyle = fill;
  context.fillRect(x, y - 8, width, 16);
  context.fillStyle = colour;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillText(text, x + 4, y + 0.5);
  return width;
}

/** Round numbers from `low` to `high`, about `count` of them: 1, 2 or 5 times a power of ten. */
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) found.push(value);
  return found;
}
