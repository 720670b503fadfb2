// A text field with a list of choices that narrows while typing (ARIA's combobox pattern). Arrow
// keys move, Enter takes, Escape restores what was chosen.

import { h, setAttribute } from "./dom.js";

const MOST_SHOWN = 50;

/** `choices()` → [{value, label}]; `onPick(value)`. Answers a function that shows a value. */
export function mountPicker(input, list, choices, onPick) {
  let chosen = "";
  let shown = [];
  let active = -1;

  function matching(text) {
    const wanted = text.trim().toLowerCase();
    const rank = ({ value, label }) => {
      if (value.toLowerCase().startsWith(wanted)) return 0;
      if (value.toLowerCase().includes(wanted)) return 1;
      return label.toLowerCase().includes(wanted) ? 2 : 3;
    };
    return choices()
      .map((choice) => ({ ...choice, rank: wanted ? rank(choice) : 0 }))
      .filter((choice) => choice.rank < 3)
      .sort((a, b) => a.rank - b.rank)
      .slice(0, MOST_SHOWN);
  }

  function open(text) {
    shown = matching(text);
    active = shown.length ? 0 : -1;
    list.replaceChildren(...shown.map((choice, index) =>
      h("li", {
        role: "option", id: `${list.id}-${index}`, "aria-selected": "false",
        onpointerdown: (event) => {
          event.preventDefault();
          take(choice.value);
        },
      }, h("strong", {}, choice.value), h("span", {}, choice.label))));
    if (!shown.length) {
      list.replaceChildren(
        h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" },
          `No symbol like “${text}”`));
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    highlight();
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function highlight() {
    Array.from(list.children).forEach((item, index) => {
      setAttribute(item, "aria-selected", String(index === active));
      if (index === active) item.scrollIntoView({ block: "nearest" });
    });
    setAttribute(input, "aria-activedescendant", active < 0 ? null : `${list.id}-${active}`);
  }

  function take(value) {
    show(value);
    close();
    onPick(value);
  }

  function show(value) {
    chosen = value;
    input.value = value;
  }

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => list.hidden && open(""));
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("blur", () => {
    close();
    input.value = chosen;
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return open("");
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (shown.length) active = (active + step + shown.length) % shown.length;
      highlight();
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (active >= 0) take(shown[active].value);
    } else if (event.key === "Escape") {
      input.value = chosen;
      close();
    }
  });
  return show;
}
