// Who is signed in: shown in the header with the way out, and taken into account before a click is
// refused. What a role may not do is disabled with the reason, or replaced by it. On a host without
// keys everyone may do everything, and nothing of this shows.

import { get, leave, request, stay, toSignIn } from "./api.js";
import { h, setText } from "./dom.js";

const WHAT = {
  trade: "place or change orders", cancel: "cancel orders", oversee: "see everyone’s orders",
  administer: "change accounts",
};

let who = null;

/** Until it is known who asks, the server alone says no. */
export const may = (permission) => who === null || who.permissions.includes(permission);
export const mayOverseeAll = () => may("oversee") && (who === null || who.accounts === null);
export const whyNot = (permission) =>
  may(permission) ? null : `A key of role ${who.role} may not ${WHAT[permission]}.`;

/** Asks the server once; to be awaited before anything is drawn that depends on it. */
export async function identify() {
  if (who !== null) return;
  who = await get("/api/v1/session");
  if (!who.open) showWho();
  for (const element of document.querySelectorAll("[data-needs]")) {
    if (!may(element.dataset.needs)) takeAway(element);
  }
}

function showWho() {
  const element = document.getElementById("who");
  setText(element, `${who.name} (${who.role})`);
  element.title = who.accounts ? `Accounts ${who.accounts.join(", ")}` : "All accounts";
  element.hidden = false;
  const button = document.getElementById("sign-out");
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    leave();
    try {
      await request("DELETE", "/api/v1/session");
      location.assign("/sign-in");
    } catch (error) {
      stay();
      button.disabled = false;
      if (error.status === 401) toSignIn();
    }
  });
}

function takeAway(element) {
  const reason = whyNot(element.dataset.needs);
  if (element.tagName === "BUTTON") {
    element.disabled = true;
    element.title = reason;
    return;
  }
  element.hidden = true;
  element.after(h("p", { class: "empty" }, reason));
}
