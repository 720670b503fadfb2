// One WebSocket for the page. Channels survive the connection: after a loss it reconnects with
// back-off and asks for what was missed, from the last message heard on (docs/PROTOCOL.md); where
// the server can't tell that any more it sends a snapshot. Each message names the sequence before
// it; where that isn't the last one heard, the channel is resumed in the same way.

import { decode, get, toSignIn } from "./api.js";

const BACKOFF_MILLIS = [250, 500, 1000, 2000, 4000, 8000];
const PING_MILLIS = 10_000;
/** Two pings without any sign of life: the connection is dead, whatever the browser thinks. */
const SILENCE_MILLIS = 25_000;
/** The server's code for a key or session that has ended. */
const POLICY = 1008;
/** What it says before it closes so: the close is enough. */
const ENDED = new Set(["expired_session", "revoked_key", "unknown_key", "unauthenticated"]);

export class Feed {
  constructor(url = location.origin.replace(/^http/, "ws") + "/ws") {
    this.url = url;
    this.channels = new Map();
    this.watchers = new Set();
    this.failures = 0;
    /** Everything up to this event has been told on all channels, says the server's last pong. */
    this.toldUntil = null;
    this.state = { name: "connecting", retryAt: 0, latencyMillis: null };
    addEventListener("online", () => this.connectNow());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.state.name === "waiting") this.connectNow();
    });
    setInterval(() => this.beat(), PING_MILLIS);
    this.connect();
  }

  /** Calls back with {name: connecting | live | waiting, retryAt, latencyMillis}, now and later. */
  watch(callback) {
    this.watchers.add(callback);
    callback(this.state);
  }

  /**
   * `onMessage(type, data, message)` hears a channel's messages; `onReady()` each time it begins
   * anew, when a picture taken over REST is due. Answers a function that ends it.
   */
  subscribe(name, onMessage, onReady = () => {}) {
    const listener = { onMessage, onReady };
    let channel = this.channels.get(name);
    if (!channel) {
      channel = { listeners: new Set(), isConfirmed: false, isResuming: false, heard: null };
      // Channels that begin with a snapshot hear nothing else until it is there.
      channel.hasSnapshots = channel.isAwaiting = false;
      this.channels.set(name, channel);
      this.send({ type: "subscribe", channel: name });
    } else if (channel.isConfirmed) {
      queueMicrotask(onReady);
    }
    channel.listeners.add(listener);
    return () => {
      channel.listeners.delete(listener);
      if (channel.listeners.size || this.channels.get(name) !== channel) return;
      this.channels.delete(name);
      this.send({ type: "unsubscribe", channel: name });
    };
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  setState(change) {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher(this.state);
  }

  connectNow() {
    clearTimeout(this.timer);
    if (!this.socket) this.connect();
  }

  connect() {
    this.setState({ name: "connecting" });
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => this.received(event.data);
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  opened() {
    this.failures = 0;
    this.heardAt = performance.now();
    this.setState({ name: "live", latencyMillis: null });
    for (const [name, channel] of this.channels) this.restart(name, channel);
    this.beat();
  }

  /** Goes on after the last message heard where the server knows how; else from a snapshot. */
  restart(name, channel, toldUntil = this.toldUntil) {
    const from = this.positionOf(channel, toldUntil);
    channel.isConfirmed = false;
    channel.isResuming = from !== null;
    channel.isAwaiting = channel.hasSnapshots && from === null;
    if (from === null) channel.heard = null;
    else channel.heard = { seq: from.from_seq, index: from.from_index ?? null };
    this.send({ type: "subscribe", channel: name, ...from });
  }

  /**
   * Where to go on. A quiet channel's last message may be long ago: then the last pong says more.
   * Null where nothing was heard, or the server is one that can't resume.
   */
  positionOf({ heard, until }, toldUntil) {
    if (heard === null || this.toldUntil === null) return null;
    const known = Math.max(until ?? 0, toldUntil ?? 0);
    if (known > heard.seq) return { from_seq: known };
    return heard.index === null
      ? { from_seq: heard.seq } : { from_seq: heard.seq, from_index: heard.index };
  }

  closed(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    if (code === POLICY) return toSignIn();
    // A refused handshake doesn't say why; where the session is over, this call finds out.
    if (this.failures) get("/api/v1/session").catch(() => {});
    const wait = BACKOFF_MILLIS[Math.min(this.failures, BACKOFF_MILLIS.length - 1)];
    this.failures += 1;
    // Jitter, so that a desk of pages doesn't come back in one instant.
    const delay = wait * (0.75 + Math.random() / 2);
    this.setState({ name: "waiting", retryAt: Date.now() + delay, latencyMillis: null });
    this.timer = setTimeout(() => this.connect(), delay);
  }

  beat() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (performance.now() - this.heardAt > SILENCE_MILLIS) {
      const socket = this.socket;
      socket.close();
      this.closed(socket);
      return;
    }
    this.pingedAt = performance.now();
    this.send({ type: "ping" });
  }

  received(text) {
    this.heardAt = performance.now();
    const message = decode(text);
    if (message.type === "pong") {
      this.toldUntil = message.as_of ?? this.toldUntil;
      this.setState({ latencyMillis: this.heardAt - this.pingedAt });
    } else if (message.type === "subscription") {
      this.confirmed(message);
    } else if (message.channel !== undefined) {
      this.deliver(message);
    } else if (message.type === "error" && !ENDED.has(message.code)) {
      console.warn("feed:", message.code, message.message);
    }
  }

  confirmed(message) {
    const channel = this.channels.get(message.channel);
    if (!channel || message.status !== "success") return;
    channel.isConfirmed = true;
    if (!channel.isResuming) this.ready(channel);
  }

  ready(channel) {
    channel.isResuming = false;
    for (const listener of channel.listeners) listener.onReady();
  }

  deliver(message) {
    const channel = this.channels.get(message.channel);
    if (!channel) return;
    if (message.type === "resumed") {
      channel.isResuming = false;
      return this.note(channel, message);
    }
    if (message.type === "gap") {
      // A snapshot follows, and what REST says of the time between.
      channel.isAwaiting = true;
      return this.ready(channel);
    }
    if (message.type === "snapshot") {
      channel.hasSnapshots = true;
      channel.isAwaiting = false;
    } else if (channel.isAwaiting) {
      return;
    } else if (this.hasGap(channel, message)) {
      this.send({ type: "unsubscribe", channel: message.channel });
      // What a pong said was sent may be what was lost: only what was heard counts.
      channel.until = null;
      this.restart(message.channel, channel, null);
      return;
    }
    this.note(channel, message);
    for (const listener of channel.listeners) {
      listener.onMessage(message.type, message.data, message);
    }
  }

  note(channel, { seq, index, as_of: until }) {
    if (seq !== undefined) channel.heard = { seq, index: index ?? null };
    if (until !== undefined) channel.until = until;
  }

  hasGap({ heard }, { seq, index, prev_seq: previous }) {
    if (heard === null || previous === undefined) return false;
    const isNext = previous === heard.seq && (index === undefined || index === 0);
    const isOfSameEvent = seq === heard.seq && index === (heard.index ?? -1) + 1;
    return !isNext && !isOfSameEvent;
  }
}
