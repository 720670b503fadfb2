// The kill switch: what is blocked now, a form that blocks an account or everyone and says how many
// orders that cancelled and how fast, and a way to lift a block. A reason is asked for, always.

import * as api from "../kit/api.js";
import { h, reconcile, setText } from "../kit/dom.js";
import { mountForm, showError } from "../kit/form.js";
import { moment, words } from "../kit/format.js";
import { toast } from "../kit/notice.js";
import { whyNot } from "../kit/who.js";

const FIRM = "firm";

export class RiskSwitch {
  /** `nameOf(id)`: an account's name; `onDone()` when something was blocked or lifted. */
  constructor(root, nameOf, onDone) {
    Object.assign(this, { root, nameOf, onDone });
    this.body = root.querySelector("tbody");
    this.dialog = document.getElementById("kill");
    this.form = this.dialog.querySelector("form");
    const button = document.getElementById("kill-open");
    button.disabled = whyNot("oversee") !== null;
    button.addEventListener("click", () => this.ask({ isLifting: false }));
    this.dialog.querySelector("[value=no]").addEventListener("click", () => this.dialog.close());
    mountForm(this.form, (values) => this.send(values));
  }

  offer(accounts) {
    const select = this.form.elements.target;
    const chosen = select.value;
    select.replaceChildren(
      h("option", { value: "" }, "Everyone"),
      ...Array.from(accounts.values(), (account) =>
        h("option", { value: account.account_id }, account.name)));
    select.value = chosen;
  }

  async load() {
    const switches = await api.killSwitches();
    reconcile(
      this.body, switches, (item) => `${item.scope} ${item.id}`, (item) => this.create(item),
      () => {});
    this.root.hidden = switches.length === 0;
  }

  whomOf({ scope, id }) {
    if (scope === FIRM) return "Everyone";
    return scope === "account" ? this.nameOf(id) : `${words(scope)} ${id}`;
  }

  create(item) {
    const whom = this.whomOf(item);
    const button = h("button", {
      type: "button", class: "quiet", "aria-label": `Lift the block of ${whom}`,
      disabled: whyNot("administer") !== null, title: whyNot("administer"),
      onclick: () => this.ask({ isLifting: true, ...item }),
    }, "Lift");
    return h(
      "tr", {}, h("th", { scope: "row" }, whom), h("td", {}, words(item.kind)),
      h("td", {}, moment(item.since)), h("td", {}, item.by), h("td", {}, item.reason),
      h("td", { class: "actions" }, button));
  }

  /** Opens the form, to block or to lift. */
  ask({ isLifting, scope = FIRM, id = null }) {
    this.lifting = isLifting ? { scope, id } : null;
    const title = isLifting ? `Let ${this.whomOf({ scope, id })} trade again?` : "Stop trading?";
    setText(this.dialog.querySelector("h2"), title);
    const text = isLifting
      ? "New orders are taken again; what was cancelled stays cancelled."
      : "Nothing new is taken, and all open orders are cancelled. Positions stay.";
    setText(this.dialog.querySelector(".body"), text);
    this.form.querySelector("[data-field=target]").hidden = isLifting;
    setText(this.form.querySelector("[value=yes]"), isLifting ? "Lift the block" : "Stop trading");
    this.form.elements.reason.value = "";
    this.dialog.showModal();
    this.form.elements.reason.focus();
  }

  async send({ target, reason }) {
    if (!reason.trim()) return showError(this.form, "reason", "Say why.");
    if (this.lifting) {
      await api.liftSwitch({ ...this.lifting, reason });
      toast("info", "Block lifted", this.whomOf(this.lifting));
    } else {
      const whom = target ? { scope: "account", id: target } : { scope: FIRM };
      const report = await api.pressSwitch({ ...whom, reason });
      const millis = (Number(report.micros) / 1000).toFixed(1);
      const failed = report.failed > 0 ? `, ${report.failed} are still being cancelled` : "";
      toast("alert", `${this.whomOf(report)} stopped`,
        `${report.cancelled} orders cancelled in ${millis} ms${failed}.`);
    }
    this.dialog.close();
    this.onDone();
  }
}
