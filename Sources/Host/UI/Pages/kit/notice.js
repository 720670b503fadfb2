// Toasts, with sound and, where allowed and nobody looks, the desktop's own notices. A toast is
// read out by screen readers (the region is a live one), goes by itself unless pointed at or
// focused, and is never the only place where a thing is said.

import { h } from "./dom.js";
import { isOn } from "./settings.js";
import { sound } from "./sound.js";

const SHOWN_MILLIS = 6000;
const MOST = 4;
const TITLES = { fill: "Fill", reject: "Rejected", alert: "Alert", info: "Note" };

let region;

function regionElement() {
  region ??= document.getElementById("toasts");
  return region;
}

/** kind: fill, reject, alert or info. */
export function toast(kind, title, text) {
  sound(kind);
  if (document.hidden) tellDesktop(kind, title, text);
  if (kind !== "info" && !isOn(`toast_${kind}`)) return;
  const element = h(
    "div", { class: `toast ${kind}` },
    h("span", { class: "toast-kind" }, TITLES[kind]),
    h("strong", {}, title),
    h("span", {}, text),
    h("button", { type: "button", class: "quiet", "aria-label": "Dismiss", onclick: close }, "×"));
  function close() {
    clearTimeout(timer);
    element.remove();
  }
  let timer = setTimeout(close, SHOWN_MILLIS);
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("focusin", () => clearTimeout(timer));
  element.addEventListener("pointerleave", () => (timer = setTimeout(close, SHOWN_MILLIS)));
  regionElement().append(element);
  while (region.children.length > MOST) region.firstElementChild.remove();
}

/** Takes the last toast away; false where there is none. */
export function dismissToast() {
  const last = document.querySelector("#toasts .toast:last-child");
  last?.querySelector("button").click();
  return Boolean(last);
}

function tellDesktop(kind, title, text) {
  if (!isOn("desktop") || !("Notification" in window)) return;
  if (Notification.permission !== "granted") return;
  new Notification(`${TITLES[kind]}: ${title}`, { body: text, silent: true });
}

/** Asks the browser, once the trader wants them; answers whether they are allowed. */
export async function allowDesktop() {
  if (!("Notification" in window)) return false;
  return (await Notification.requestPermission()) === "granted";
}
