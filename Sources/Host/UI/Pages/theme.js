// Runs before the first paint, so that the chosen theme never flashes. "system" follows the
// operating system; the switch in the header (kit/shell.js) stores light or dark.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("oes.theme");
  } catch {
    // Storage may be forbidden: follow the system.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
