// Exact decimals. Prices, quantities and money come from the server as decimal text and are only
// ever added, multiplied and compared here as whole numbers (BigInt) with a count of decimal
// places, so that no figure on the page has passed through floating point.
//
// A decimal is {units, places}: its value is units / 10^places.

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Text or number → decimal, or null where it isn't one. */
export function parse(value) {
  if (value === null || value === undefined) return null;
  const match = PATTERN.exec(String(value).trim());
  if (!match) return null;
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return null;
  let units = BigInt(whole + fraction);
  let places = fraction.length - Number(exponent);
  if (places < 0) {
    units *= 10n ** BigInt(-places);
    places = 0;
  }
  return { units: sign === "-" ? -units : units, places };
}

export const ZERO = { units: 0n, places: 0 };

function at(decimal, places) {
  return decimal.units * 10n ** BigInt(places - decimal.places);
}

export function add(a, b) {
  const places = Math.max(a.places, b.places);
  return { units: at(a, places) + at(b, places), places };
}

export function subtract(a, b) {
  return add(a, { units: -b.units, places: b.places });
}

export function multiply(a, b) {
  return { units: a.units * b.units, places: a.places + b.places };
}

/** Negative, zero or positive, as a is below, equal to or above b. */
export function compare(a, b) {
  const places = Math.max(a.places, b.places);
  const difference = at(a, places) - at(b, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** How much a is of b, 0…1, for the length of a bar; never for a figure that is read. */
export function share(a, b) {
  if (!b.units) return 0;
  const places = Math.max(a.places, b.places);
  return Math.min(1, Number((at(a, places) * 1000n) / at(b, places)) / 1000);
}

/** Rounded half away from zero to so many places. */
export function round(decimal, places) {
  if (decimal.places <= places) return { units: at(decimal, places), places };
  const divisor = 10n ** BigInt(decimal.places - places);
  const half = decimal.units < 0n ? -divisor / 2n : divisor / 2n;
  return { units: (decimal.units + half) / divisor, places };
}

/** Plain text, no grouping: what goes into a field or a request. */
export function plain(decimal) {
  const isNegative = decimal.units < 0n;
  const size = isNegative ? -decimal.units : decimal.units;
  const digits = String(size).padStart(decimal.places + 1, "0");
  const cut = digits.length - decimal.places;
  const fraction = digits.slice(cut);
  return (isNegative ? "-" : "") + digits.slice(0, cut) + (fraction ? "." + fraction : "");
}

/** Without trailing zeros after the point. */
export function trim(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function grouped(text) {
  const [whole, fraction] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? spaced : spaced + "." + fraction;
}

const asDecimal = (value) => (value !== null && typeof value === "object" ? value : parse(value));

/** For reading: thousands grouped, at least `places` decimals, more where the value has them. */
export function show(value, places = 0) {
  const decimal = asDecimal(value);
  if (!decimal) return "–";
  let text = trim(plain(decimal));
  const have = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
  if (have < places) text += (have ? "" : ".") + "0".repeat(places - have);
  return grouped(text).replace("-", "\u2212");
}

/** For reading: rounded to exactly `places` decimals, such as an average price. */
export function showRounded(value, places) {
  const decimal = asDecimal(value);
  return decimal ? grouped(plain(round(decimal, places))).replace("-", "\u2212") : "–";
}

/** Same value, whatever its spelling: "150" and "150.00". */
export function key(value) {
  const decimal = parse(value);
  return decimal ? trim(plain(decimal)) : String(value);
}
