// Words and times as the pages show them.

import * as decimal from "./decimal.js";

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

/** ISO text, or seconds or micro-, milli- or nanoseconds since 1970 → Date. */
export function date(value) {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "string" && !/^\d+(\.\d+)?$/.test(value)) return new Date(value);
  let millis = Number(value);
  while (millis > 1e14) millis /= 1000;
  if (millis < 1e11) millis *= 1000;
  return new Date(millis);
}

export function time(value) {
  const when = date(value);
  if (!when || Number.isNaN(when.getTime())) return "–";
  return clock.format(when);
}

const pad = (number) => String(number).padStart(2, "0");

/** Today the time, else day and time; the whole is in the title. */
export function moment(value) {
  const when = date(value);
  if (!when || Number.isNaN(when.getTime())) return "–";
  if (when.toDateString() === new Date().toDateString()) return clock.format(when);
  const day = `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())}`;
  return `${day} ${clock.format(when)}`;
}

/** partially_filled → Partially filled. */
export function words(code) {
  const text = String(code ?? "").replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const money = (value, places = 2) => decimal.showRounded(value, places);

function withPlus(value, text) {
  return decimal.parse(value)?.units > 0n ? `+${text}` : text;
}

/** Profit and loss: the sign is always there, so that colour isn't needed to tell. */
export const signed = (value) => withPlus(value, money(value));

/** A change of shares, with all its decimals. */
export const signedQuantity = (value) => withPlus(value, decimal.show(value));

export function tone(value) {
  const parsed = decimal.parse(value);
  if (!parsed || parsed.units === 0n) return "";
  return parsed.units > 0n ? "up" : "down";
}

/** The title under which a plugin's entry is shown, such as "Good till cancelled" for gtc. */
export function titleIn(entries, name) {
  return entries.find((entry) => entry.name === name)?.title ?? words(name);
}

/** Decimal places in which an instrument's prices are shown: its tick's, and cents at least. */
export function priceScale(instrument) {
  const tick = decimal.key(instrument?.tick_size ?? "0.01");
  const places = tick.includes(".") ? tick.split(".")[1].length : 0;
  return Math.max(places, Math.min(2, Number(instrument?.price_scale ?? 2)));
}
