// The desk's columns and rows can be dragged, or moved by the arrow keys; where they stand is
// remembered. A handle is a separator that names the custom property which it moves.

import { recall, remember } from "./memory.js";

const STEP_PIXELS = 16;

/** `sign`: 1 where the size grows with the pointer's coordinate. */
function mountHandle(handle, desk) {
  const { property, sign, least, most } = handle.dataset;
  const isColumn = handle.getAttribute("aria-orientation") === "vertical";
  const key = `oes.layout.${property}`;
  const bounded = (value) => Math.max(Number(least), Math.min(Number(most), Math.round(value)));

  function current() {
    return Number.parseFloat(getComputedStyle(desk).getPropertyValue(`--${property}`));
  }
  function move(value) {
    const size = bounded(value);
    desk.style.setProperty(`--${property}`, `${size}px`);
    handle.setAttribute("aria-valuenow", size);
    remember(key, size);
  }
  const at = (event) => (isColumn ? event.clientX : event.clientY);

  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const [start, from] = [at(event), current()];
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (next) => move(from + (at(next) - start) * Number(sign));
  });
  handle.addEventListener("lostpointercapture", () => (handle.onpointermove = null));
  handle.addEventListener("keydown", (event) => {
    const steps = isColumn ? { ArrowRight: 1, ArrowLeft: -1 } : { ArrowDown: 1, ArrowUp: -1 };
    if (!steps[event.key]) return;
    event.preventDefault();
    move(current() + steps[event.key] * STEP_PIXELS * Number(sign));
  });
  const known = recall(key);
  if (known) move(Number(known));
  else handle.setAttribute("aria-valuenow", current());
  handle.setAttribute("aria-valuemin", least);
  handle.setAttribute("aria-valuemax", most);
  return () => {
    desk.style.removeProperty(`--${property}`);
    remember(key, "");
    handle.setAttribute("aria-valuenow", current());
  };
}

/** Answers a function that puts everything back. */
export function mountLayout(desk) {
  const resets = Array.from(desk.querySelectorAll("[role=separator]"), (handle) =>
    mountHandle(handle, desk));
  return () => resets.forEach((reset) => reset());
}
