// The account's figures: cash from the feed, equity, exposure and profit as the server computes
// them, asked for again a moment after something changed.

import * as api from "../kit/api.js";
import { setText } from "../kit/dom.js";
import { figuresOf, unpricedText } from "../kit/figures.js";

const DELAY_MILLIS = 1000;

export class Account {
  constructor(root, session) {
    this.session = session;
    this.list = root.querySelector("dl");
    this.note = root.querySelector(".help");
    this.risk = null;
    session.watch("account", () => {
      this.risk = null;
      this.later(0);
    });
    session.watch("balance", () => this.later());
    session.watch("positions", () => this.later());
  }

  later(wait = DELAY_MILLIS) {
    this.draw();
    this.due ??= setTimeout(() => {
      this.due = null;
      this.load();
    }, wait);
  }

  async load() {
    const id = this.session.accountId;
    if (!id || document.hidden) return;
    try {
      const risk = await api.exposure(id);
      if (id !== this.session.accountId) return;
      this.risk = risk;
      this.draw();
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
    }
  }

  draw() {
    const { account } = this.session;
    if (!account) return;
    this.list.replaceChildren(...figuresOf({ ...this.risk, ...account }));
    setText(this.note, unpricedText(this.risk?.unpriced));
  }
}
