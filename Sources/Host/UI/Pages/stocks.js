// All instruments with their markets. Last, high, low and volume follow the trades' channel; bids
// and asks are asked for again every few seconds, for what matches the filter.

import * as api from "./kit/api.js";
import * as decimal from "./kit/decimal.js";
import { h, perFrame, reconcile, setAttribute, setText } from "./kit/dom.js";
import { Feed } from "./kit/feed.js";
import { priceScale, words } from "./kit/format.js";
import { mountShell } from "./kit/shell.js";
import { identify } from "./kit/who.js";

const REFRESH_MILLIS = 3000;
const MOST_ASKED = 50;
const RETRY_MILLIS = 2000;

const feed = new Feed();
mountShell(feed);

const body = document.querySelector("#instruments tbody");
const empty = document.querySelector(".empty");
const filter = document.getElementById("filter");
const problem = document.getElementById("problem");
const markets = new Map();
let instruments = [];

function matching() {
  const wanted = filter.value.trim().toLowerCase();
  return instruments.filter((item) => `${item.symbol} ${item.name}`.toLowerCase().includes(wanted));
}

function create(item) {
  const cell = () => h("td", { class: "num" });
  const link = h("a", { href: `/?symbol=${encodeURIComponent(item.symbol)}` }, item.symbol);
  return h(
    "tr", {}, h("th", { scope: "row" }, link), h("td"), h("td"),
    Array.from({ length: 9 }, cell));
}

function update(row, item) {
  const market = markets.get(item.symbol) ?? {};
  const places = priceScale(item);
  const price = (value) => decimal.show(value, places);
  const texts = [
    item.name ?? "", words(item.state), price(market.last), price(market.bid), price(market.ask),
    decimal.show(market.volume), price(market.open), price(market.high), price(market.low),
    decimal.show(item.tick_size), decimal.show(item.lot_size),
  ];
  texts.forEach((text, index) => setText(row.children[index + 1], text));
  setAttribute(row.children[2], "class", item.state === "open" ? "dim" : "down");
}

const draw = perFrame(() => {
  const items = matching();
  reconcile(body, items, (item) => item.symbol, create, update);
  setText(document.getElementById("count"), String(items.length));
  empty.hidden = items.length > 0;
});

async function refresh() {
  if (document.hidden) return;
  const asked = matching().slice(0, MOST_ASKED);
  try {
    const answers = await Promise.all(asked.map((item) => api.ticker(item.symbol)));
    for (const answer of answers) markets.set(answer.symbol, answer);
    problem.hidden = true;
  } catch (error) {
    setText(problem, error.message);
    problem.hidden = false;
  }
  draw();
}

async function start() {
  try {
    await identify();
    instruments = await api.instruments();
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    setText(problem, `${error.message} Trying again.`);
    problem.hidden = false;
    return setTimeout(start, RETRY_MILLIS);
  }
  draw();
  await refresh();
  setInterval(refresh, REFRESH_MILLIS);
}

filter.addEventListener("input", () => {
  draw();
  refresh();
});
feed.subscribe("oes:trades", (type, data) => {
  if (type !== "trade" || data.internal) return;
  markets.set(data.symbol, { ...markets.get(data.symbol), last: data.price });
  draw();
});
start();
