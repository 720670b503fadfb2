// Single-key shortcuts, and the list of them that ? shows: one table makes both, so the list is
// never wrong. They can be turned off, and mean nothing while one types words.

import { h, isTyping } from "./dom.js";
import { bindCheckbox, isOn } from "./settings.js";

/** In a field for numbers these can mean nothing else. */
const FREE_IN_NUMBERS = /^[bsqptx]$/;

/**
 * `keys`: [[key or keys, what it does, action or null], …] under headings; an entry without action
 * is only told. `onEscape()` is asked when Escape is pressed outside of fields and dialogs.
 */
export function mountKeys(dialog, groups, onEscape) {
  const actions = new Map();
  for (const entries of Object.values(groups)) {
    for (const [keys, , action] of entries) {
      if (action) for (const key of [keys].flat()) actions.set(key.toLowerCase(), action);
    }
  }
  draw(dialog.querySelector(".keys"), groups);
  bindCheckbox(dialog.querySelector("#keys-on"), "shortcuts");
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !isTyping(event)) return onEscape();
    if (!isOn("shortcuts")) return;
    const isFree = event.target.inputMode === "decimal" && FREE_IN_NUMBERS.test(event.key);
    const action = actions.get(event.key.toLowerCase());
    if (!action || (isTyping(event) && !isFree)) return;
    event.preventDefault();
    action(event);
  });
}

const NAMES = {
  arrowup: "↑", arrowdown: "↓", arrowleft: "←", arrowright: "→", escape: "Esc", enter: "Enter",
};
const shown = (key) => NAMES[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key);

function draw(box, groups) {
  box.replaceChildren(...Object.entries(groups).map(([title, entries]) =>
    h("section", {},
      h("h3", {}, title),
      h("dl", {}, entries.map(([keys, text]) => h(
        "div", {},
        h("dt", {}, [keys].flat().map((key) => h("kbd", {}, shown(key)))),
        h("dd", {}, text)))))));
}
