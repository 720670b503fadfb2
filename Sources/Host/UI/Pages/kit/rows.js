// A long table of which only the rows in sight exist. Rows have one height (the style sheet's); a
// spacer above and one below stand for the others, and aria-rowcount and aria-rowindex tell a
// screen reader where it is.

import { h, reconcile, setAttribute } from "./dom.js";

/** Rows beyond the edges, so that scrolling doesn't show gaps. */
const MARGIN = 12;
/** Until a row has been drawn and measured. */
const GUESSED_HEIGHT = 26;

export class WindowedRows {
  /** `create(item)` → a row, `update(row, item)`; `onEnd()` when the last rows come into sight. */
  constructor({ scroll, table, keyOf, create, update, onEnd = () => {} }) {
    Object.assign(this, { scroll, table, keyOf, create, update, onEnd });
    this.rowHeight = GUESSED_HEIGHT;
    this.items = [];
    this.body = table.tBodies[0];
    const spacer = () => h("tbody", { "aria-hidden": "true" }, h("tr", {}, h("td")));
    [this.above, this.below] = [spacer(), spacer()];
    this.body.before(this.above);
    this.body.after(this.below);
    scroll.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(scroll);
  }

  resized() {
    this.rowHeight = this.body.rows[0]?.offsetHeight || this.rowHeight;
    this.draw();
  }

  show(items) {
    this.items = items;
    setAttribute(this.table, "aria-rowcount", items.length + 1);
    this.draw();
  }

  draw() {
    const { items, rowHeight, scroll } = this;
    const height = scroll.clientHeight || 0;
    const first = Math.max(0, Math.floor(scroll.scrollTop / rowHeight) - MARGIN);
    const last = Math.min(
      items.length, Math.ceil((scroll.scrollTop + height) / rowHeight) + MARGIN);
    this.size(this.above, first);
    this.size(this.below, items.length - last);
    let index = first;
    reconcile(this.body, items.slice(first, last), this.keyOf, this.create, (row, item) => {
      index += 1;
      setAttribute(row, "aria-rowindex", index + 1);
      this.update(row, item);
    });
    if (last >= items.length - MARGIN && height > 0) this.onEnd();
  }

  size(spacer, count) {
    const cell = spacer.rows[0].cells[0];
    cell.style.height = `${count * this.rowHeight}px`;
    spacer.hidden = count === 0;
  }
}
