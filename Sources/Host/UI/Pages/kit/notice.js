// Toasts and sound. A toast is read out by screen readers (the region is a live one), goes by
// itself unless pointed at or focused, and is never the only place where a thing is said. Sound is
// off until the browser allows it (a first click) and can be muted for good.

import { h } from "./dom.js";
import { recall, remember } from "./memory.js";

const SHOWN_MILLIS = 6000;
const MOST = 4;
const MUTED = "oes.muted";

const TITLES = { fill: "Fill", reject: "Rejected", alert: "Alert", info: "Note" };
const TONES = { fill: [880, 1320], reject: [220, 165], alert: [440, 440], info: [] };

let region;
let audio;

function regionElement() {
  region ??= document.getElementById("toasts");
  return region;
}

export const isMuted = () => recall(MUTED) === "yes";
export const setMuted = (muted) => remember(MUTED, muted ? "yes" : "no");

function sound(kind) {
  if (isMuted() || !TONES[kind].length || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  TONES[kind].forEach((frequency, index) => {
    const begins = audio.currentTime + index * 0.09;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.06, begins);
    volume.gain.exponentialRampToValueAtTime(0.0001, begins + 0.14);
    tone.connect(volume).connect(audio.destination);
    tone.start(begins);
    tone.stop(begins + 0.15);
  });
}

/** kind: fill, reject, alert or info. */
export function toast(kind, title, text) {
  sound(kind);
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
