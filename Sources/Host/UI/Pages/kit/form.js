// Forms that post one object: errors stand at the field that the server's answer names, else at the
// form's end.

import { setText } from "./dom.js";

export function clearErrors(form) {
  for (const box of form.querySelectorAll("[aria-invalid]")) box.removeAttribute("aria-invalid");
  for (const place of form.querySelectorAll(".error")) setText(place, "");
  const notice = form.querySelector(".notice");
  setText(notice, "");
  notice.hidden = true;
}

export function showNotice(form, text, kind) {
  const notice = form.querySelector(".notice");
  setText(notice, text);
  notice.className = `notice ${kind}`;
  notice.hidden = false;
}

/** `control` where it isn't the form's element of the field's name. */
export function showError(form, field, text, control = field ? form.elements[field] : null) {
  const place = form.querySelector(`[data-field="${CSS.escape(field ?? "")}"] .error`);
  if (!control || !place) return showNotice(form, text, "reject");
  control.setAttribute("aria-invalid", "true");
  setText(place, text);
  control.focus();
}

/** Calls `send(values)` on submit, one at a time, and shows what was refused. */
export function mountForm(form, send) {
  let pending = false;
  form.addEventListener("input", () => clearErrors(form));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (pending) return;
    pending = true;
    clearErrors(form);
    try {
      await send(Object.fromEntries(new FormData(form)));
    } catch (error) {
      const doubt = error.isUnknown ? " It may have been booked: look before sending again." : "";
      showError(form, error.field, error.message + doubt);
    } finally {
      pending = false;
    }
  });
}
