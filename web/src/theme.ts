/** Dark or light: as the system has it until a person chooses. */

import { button } from "./elements";
import type { Session } from "./session";

const KEY = "inphase-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function current(): "dark" | "light" {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "dark" || chosen === "light") return chosen;
  return dark.matches ? "dark" : "light";
}

/** What was chosen here before; a browser may keep nothing for a page. */
export function recallTheme(): void {
  try {
    const chosen = localStorage.getItem(KEY);
    if (chosen !== null) document.documentElement.dataset.theme = chosen;
  } catch {
    return;
  }
}

export function toggleTheme(session: Session): void {
  const next = current() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // It holds until the page is left.
  }
  session.tell("theme");
}

export function themeButton(session: Session): HTMLButtonElement {
  const switcher = button("", () => toggleTheme(session), { title: "T" });
  const name = (): void => {
    switcher.textContent = current() === "dark" ? "Light" : "Dark";
    switcher.setAttribute("aria-label", `Use the ${current() === "dark" ? "light" : "dark"} theme`);
  };
  dark.addEventListener("change", () => session.tell("theme"));
  session.on(["theme"], name);
  name();
  return switcher;
}
