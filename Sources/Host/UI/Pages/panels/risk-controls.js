// What a risk manager does to an account: its state, and a cancel of all that it has working. Every
// one of them asks first and says what came of it.

import * as api from "../kit/api.js";
import { ask } from "../kit/confirm.js";
import { h } from "../kit/dom.js";
import { words } from "../kit/format.js";
import { toast } from "../kit/notice.js";
import { whyNot } from "../kit/who.js";

/** State → what it means for orders. Cancels always pass. */
const STATES = {
  active: "Orders are taken again.",
  reducing: "Only orders that make a position smaller are taken.",
  cancel_only: "No orders are taken; what works stays, and may be cancelled.",
  halted: "No orders are taken, and none of its orders trades.",
};

/** A select that changes an account's state; it shows what holds until the server agrees. */
export function stateSelect(account, nameOf, onDone) {
  const select = h("select", {
    "aria-label": `State of ${account.name}`, disabled: whyNot("administer") !== null,
    title: whyNot("administer"), class: "state",
  }, Object.keys(STATES).map((state) => h("option", { value: state }, words(state))));
  select.value = account.state;
  select.addEventListener("change", async () => {
    const wanted = select.value;
    select.value = select.dataset.state ?? account.state;
    const isSure = await ask({
      title: `${nameOf(account.account_id)}: ${words(wanted).toLowerCase()}?`,
      text: STATES[wanted], no: "Leave it", yes: words(wanted), isDanger: wanted !== "active",
    });
    const change = () => api.setAccountState(account.account_id, wanted);
    if (isSure) await say(change, "State not changed");
    onDone();
  });
  return select;
}

/** Cancels what `filter` names after a question; says how many and how long it took. */
export async function cancelMany(title, filter, onDone) {
  const text = "Resting and waiting orders are cancelled at once. Positions stay.";
  if (!(await ask({ title, text, no: "Leave them", yes: "Cancel orders", isDanger: true }))) return;
  const answer = await say(() => api.cancelAll(filter), "Not cancelled");
  if (answer) {
    const millis = (Number(answer.micros) / 1000).toFixed(1);
    const failed = `In ${millis} ms; ${answer.failed} failed.`;
    toast("info", `${answer.cancelled} orders cancelled`, failed);
  }
  onDone();
}

/** Does it, and says a refusal; answers what it gave, or null. */
export async function say(act, title) {
  try {
    return (await act()) ?? {};
  } catch (error) {
    if (!(error instanceof api.ApiError)) throw error;
    toast("reject", title, error.message);
    return null;
  }
}

/** A button for what may be done, with the reason where it may not. */
export function mountDanger(button, permission, act) {
  const reason = whyNot(permission);
  button.disabled = reason !== null;
  button.title = reason ?? "";
  button.addEventListener("click", act);
}
