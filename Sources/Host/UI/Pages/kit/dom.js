// The little that the page needs to make and keep elements. Text is always set as text, never as
// markup, so nothing that the server or another user sends can become part of the page.

/**
 * An element: attributes beginning with "on" are listeners, `class` is the class, true is an empty
 * attribute, null and false leave it out. Children are elements, text or null.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** Writes only what changed: untouched text nodes cost no layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/**
 * Makes parent's children stand for `items`, in order. A child is kept as long as its key is there,
 * so focus, selection and a half-typed edit survive every update.
 */
export function reconcile(parent, items, keyOf, create, update) {
  const known = parent.rowsByKey ?? (parent.rowsByKey = new Map());
  const wanted = new Set();
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    wanted.add(key);
    let row = known.get(key);
    if (!row) known.set(key, (row = create(item)));
    update(row, item);
    if (row === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(row, cursor);
  }
  for (const [key, row] of known) {
    if (!wanted.has(key)) {
      row.remove();
      known.delete(key);
    }
  }
}

/** A function that does `draw` once in the next animation frame, however often it is called. */
export function perFrame(draw) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      draw();
    });
  };
}

/** Does typing now go into a field? Then a single key is no shortcut. */
export function isTyping(event) {
  const target = event.target;
  return target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName);
}
