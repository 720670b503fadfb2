// Words about a market: how far it moved, and whether it trades now.

import * as decimal from "./decimal.js";
import { moment } from "./format.js";

const NOTHING = { text: "", tone: "", percent: "" };

/** Against the day's first trade: {text: "▲ +0.50 (+0.33 %)", percent: "▲ 0.33 %", tone}. */
export function changeOf(last, open, places) {
  const [now, then] = [last, open].map(decimal.parse);
  if (!now || !then || !then.units) return NOTHING;
  const difference = decimal.subtract(now, then);
  const sign = decimal.compare(now, then);
  const scale = Math.max(difference.places, then.places);
  const at = (value) => value.units * 10n ** BigInt(scale - value.places);
  const hundredths = (at(difference) * 10_000n) / at(then);
  const size = hundredths < 0n ? -hundredths : hundredths;
  const percent = decimal.show({ units: size, places: 2 }, 2);
  const arrow = { 1: "▲", "-1": "▼", 0: "" }[sign];
  const mark = { 1: "+", "-1": "\u2212", 0: "" }[sign];
  const amount = decimal.show(difference, places).replace("\u2212", "");
  return {
    text: `${arrow} ${mark}${amount} (${mark}${percent} %)`.trim(),
    percent: `${arrow} ${percent} %`.trim(), tone: { 1: "up", "-1": "down", 0: "" }[sign],
  };
}

/** {text, isOpen}: what holds now, and when the calendar changes it. */
export function sessionWords(instrument) {
  if (!instrument) return { text: "", isOpen: false };
  const { state, override, session } = instrument;
  const isOpen = state === "open";
  const word = state.charAt(0).toUpperCase() + state.slice(1);
  if (override) return { text: `${word} by staff`, isOpen };
  if (!session?.next_change_at) return { text: word, isOpen };
  const verbs = { open: "opens", closed: "closes", halted: "halts" };
  const verb = verbs[session.next_state] ?? "changes";
  return { text: `${word}, ${verb} ${moment(session.next_change_at)}`, isOpen };
}
