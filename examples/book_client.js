// Keeps a correct book of one symbol through disconnects: docs/PROTOCOL.md in 60 lines. Runs in a page
// and in Node 22 or newer:
//
//     OES_URL=http://127.0.0.1:8001 node examples/book_client.js AAPL
//
// A page is served by the host itself, and its session is the key.

const env = globalThis.process?.env ?? {};
const host = env.OES_URL ?? globalThis.location?.origin ?? "http://127.0.0.1:8001";
const url = host.replace(/^http/, "ws") + "/ws";
const symbol = globalThis.process?.argv[2] ?? globalThis.oesSymbol ?? "AAPL";
const channel = `oes:orderbook:${symbol}`;

const book = { bids: new Map(), asks: new Map() };
let place = {}; // from_seq and from_index: how far we have heard the channel.

const best = (side) => [...book[side].values()].sort((a, b) =>
  side === "bids" ? b.price - a.price : a.price - b.price);

function crc32(text) {
  let sum = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  }
  return ~sum >>> 0;
}

const checksum = () => crc32(["bids", "asks"].map((side) => best(side).slice(0, 10)
  .map(({ price, quantity, orders }) => `${price}:${quantity}:${orders}`).join("|")).join("/"));

/** False where the book can't be trusted any more. */
function take({ type, seq, prev_seq, index, data }) {
  const isLost = place.from_seq === undefined && type !== "snapshot";
  if (type === "gap" || isLost) return true; // A snapshot follows.
  if (type === "snapshot") {
    book.bids.clear();
    book.asks.clear();
  } else if (!index && prev_seq !== place.from_seq) return false;
  place = { from_seq: seq, from_index: index };
  for (const side of ["bids", "asks"]) {
    for (const level of data[side] ?? []) {
      if (level.quantity === "0") book[side].delete(level.price);
      else book[side].set(level.price, level);
    }
  }
  return data.checksum === undefined || data.checksum === checksum();
}

function connect() {
  const socket = new WebSocket(url);
  const subscribe = () => socket.send(JSON.stringify({ type: "subscribe", channel, ...place }));
  socket.onopen = subscribe;
  socket.onclose = () => setTimeout(connect, 1000);
  socket.onerror = () => {}; // A close follows.
  socket.onmessage = ({ data: text }) => {
    const message = JSON.parse(text);
    if (message.type === "error") throw new Error(`${message.code}: ${message.message}`);
    if (message.seq === undefined) return;
    if (!take(message)) {
      place = {}; // Begin again, from a snapshot.
      subscribe();
    }
    console.log(JSON.stringify({ seq: message.seq, type: message.type,
      bids: best("bids").slice(0, 3), asks: best("asks").slice(0, 3) }));
  };
}

connect();
