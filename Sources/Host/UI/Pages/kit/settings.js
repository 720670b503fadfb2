// What a trader has chosen: confirmation, sounds, notices, sizes. Kept in the browser; whoever
// depends on one is told when it changes.

import { recall, remember } from "./memory.js";

/** Name → what holds until it is changed. */
const DEFAULTS = {
  confirm: "off", shortcuts: "on", desktop: "off", sizes: "1 10 100 1000",
  sound: "on", sound_fill: "on", sound_reject: "on", sound_alert: "on",
  toast_fill: "on", toast_reject: "on", toast_alert: "on",
};
const PREFIX = "oes.";
const watchers = new Map();

export const setting = (name) => recall(PREFIX + name) ?? DEFAULTS[name];
export const isOn = (name) => setting(name) === "on";

export function change(name, value) {
  remember(PREFIX + name, value);
  for (const watcher of watchers.get(name) ?? []) watcher(value);
}

/** Calls back with the value, now and whenever it changes. */
export function watchSetting(name, callback) {
  if (!watchers.has(name)) watchers.set(name, new Set());
  watchers.get(name).add(callback);
  callback(setting(name));
}

/** A checkbox that is a setting. */
export function bindCheckbox(box, name) {
  watchSetting(name, (value) => (box.checked = value === "on"));
  box.addEventListener("change", () => change(name, box.checked ? "on" : "off"));
}

/** The sizes that a key or a click puts into the ticket, in lots: whole numbers, four at most. */
export function sizes() {
  const given = setting("sizes").split(/[\s,;]+/).filter((text) => /^[1-9]\d{0,8}$/.test(text));
  return given.slice(0, 4);
}
