// A question in the page's own dialog. Escape and the first button mean no; the second is yes and
// has the focus only where the question is an expected one, such as a confirmed order.

import { h, setText } from "./dom.js";

/** `text`: a sentence or rows of [term, text]; resolves to true only by the yes button. */
export function ask({ title, text = "", no = "Keep", yes, isDanger = false, isExpected = false }) {
  const dialog = document.getElementById("confirm");
  setText(dialog.querySelector("h2"), title);
  const body = dialog.querySelector(".body");
  body.replaceChildren(Array.isArray(text) ? rows(text) : h("p", {}, text));
  body.hidden = text.length === 0;
  const [noButton, yesButton] = dialog.querySelectorAll("button");
  setText(noButton, no);
  setText(yesButton, yes);
  yesButton.className = isDanger ? "danger" : "primary";
  dialog.returnValue = "";
  dialog.showModal();
  (isExpected ? yesButton : noButton).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

const rows = (facts) =>
  h("dl", { class: "facts plain" }, facts.map(([term, text]) =>
    h("div", {}, h("dt", {}, term), h("dd", { class: "num" }, text))));
