// Tabs by ARIA's pattern: one tab stop, arrow keys move, the chosen one is remembered.

import { recall, remember } from "./memory.js";

/** `onShow(id)` hears which panel is shown. Answers a function that shows one. */
export function mountTabs(list, key, onShow = () => {}) {
  const tabs = Array.from(list.querySelectorAll("[role=tab]"));
  const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function show(id) {
    for (const tab of tabs) {
      const isChosen = tab.getAttribute("aria-controls") === id;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      panelOf(tab).hidden = !isChosen;
    }
    remember(key, id);
    onShow(id);
  }

  for (const tab of tabs) {
    tab.addEventListener("click", () => show(tab.getAttribute("aria-controls")));
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = tabs.indexOf(document.activeElement);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    show(next.getAttribute("aria-controls"));
    next.focus();
  });
  const ids = tabs.map((tab) => tab.getAttribute("aria-controls"));
  show(ids.includes(recall(key)) ? recall(key) : ids[0]);
  return show;
}
