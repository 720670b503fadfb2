// The header that all pages share: theme, sound, connection. The markup stands in each page, so the
// navigation is there before any script.

import { setText } from "./dom.js";
import { recall, remember } from "./memory.js";
import { change, isOn, watchSetting } from "./settings.js";

const THEMES = ["system", "light", "dark"];

export function mountTheme(button) {
  const show = (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    setText(button, theme[0].toUpperCase() + theme.slice(1));
    button.setAttribute("aria-label", `Theme: ${theme}. Switch.`);
  };
  let theme = THEMES.includes(recall("oes.theme")) ? recall("oes.theme") : "system";
  show(theme);
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    remember("oes.theme", theme);
    show(theme);
  });
}

function mountSound(button) {
  watchSetting("sound", (value) => {
    setText(button, value === "on" ? "Sound on" : "Sound off");
    button.setAttribute("aria-pressed", String(value === "on"));
  });
  button.addEventListener("click", () => change("sound", isOn("sound") ? "off" : "on"));
}

function mountConnection(element, feed) {
  const words = (state) => {
    if (state.name === "connecting") return "Connecting";
    if (state.name === "waiting") {
      return `Offline, retry in ${Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000))} s`;
    }
    if (state.latencyMillis === null) return "Live";
    return `Live ${state.latencyMillis < 1 ? "<1" : Math.round(state.latencyMillis)} ms`;
  };
  const spoken = document.getElementById("connection-spoken");
  let said = null;
  const show = () => {
    setText(element.querySelector("span"), words(feed.state));
    element.dataset.state = feed.state.name;
    document.documentElement.dataset.feed = feed.state.name;
    // Read out changes only, not each measured latency.
    const now = feed.state.name === "live" ? "Connected" : "Disconnected";
    if (feed.state.name !== "connecting" && said !== now) {
      if (said !== null) setText(spoken, now);
      said = now;
    }
  };
  feed.watch(show);
  setInterval(() => feed.state.name === "waiting" && show(), 500);
}

export function mountShell(feed) {
  mountTheme(document.getElementById("theme"));
  mountSound(document.getElementById("sound"));
  mountConnection(document.getElementById("connection"), feed);
}
