// The settings dialog. Its controls stand in the page; what each means stands in settings.js.

import { allowDesktop } from "./notice.js";
import { bindCheckbox, change, isOn, setting, sizes, watchSetting } from "./settings.js";

export function mountPreferences(dialog, resetLayout) {
  for (const box of dialog.querySelectorAll("input[type=checkbox][data-setting]")) {
    bindCheckbox(box, box.dataset.setting);
  }
  mountSizes(dialog.querySelector("#setting-sizes"));
  mountDesktop(dialog.querySelector("[data-setting=desktop]"));
  dialog.querySelector("#reset-layout").addEventListener("click", resetLayout);
  document.getElementById("settings-open").addEventListener("click", () => dialog.showModal());
}

function mountSizes(input) {
  input.value = setting("sizes");
  input.addEventListener("change", () => {
    change("sizes", input.value);
    // What isn't a size is gone: the field shows what holds.
    input.value = sizes().join(" ");
    change("sizes", input.value);
  });
}

/** The browser has the last word. */
function mountDesktop(box) {
  if (!("Notification" in window)) box.disabled = true;
  box.addEventListener("change", async () => {
    if (box.checked && !(await allowDesktop())) change("desktop", "off");
  });
  watchSetting("desktop", () => (box.checked = isOn("desktop")));
}
