// Signing in: the key is traded for a session's cookie, which no script can read, and is kept
// nowhere. Then on to the page that was asked for.

import { post } from "./kit/api.js";
import { mountForm, showError } from "./kit/form.js";
import { mountTheme } from "./kit/shell.js";

const form = document.getElementById("sign-in");

/** Only a path of this host: an address elsewhere in a link must not lead away from here. */
function next() {
  const wanted = new URLSearchParams(location.search).get("next") ?? "/";
  try {
    const address = new URL(wanted, location.origin);
    if (address.origin !== location.origin || address.pathname === "/sign-in") return "/";
    return address.pathname + address.search + address.hash;
  } catch {
    return "/";
  }
}

mountTheme(document.getElementById("theme"));
mountForm(form, async ({ key }) => {
  const secret = key.trim();
  if (!secret) return showError(form, "key", "Enter your key.");
  await post("/api/v1/session", { key: secret });
  location.replace(next());
});
document.documentElement.dataset.ready = "yes";
