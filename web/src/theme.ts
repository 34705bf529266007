/** Dark or light: the system's setting until a person chooses. The style uses `data-theme`. */

import { button } from "./elements";
import type { Session } from "./session";

const KEY = "inphase-theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
let chosen: string | null = null;

function apply(): void {
  root.dataset.theme = chosen ?? (system.matches ? "dark" : "light");
}

function other(): "dark" | "light" {
  return root.dataset.theme === "dark" ? "light" : "dark";
}

/** Restore an earlier choice; a browser may refuse to store anything for a page. */
export function recallTheme(): void {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === "dark" || kept === "light") chosen = kept;
  } catch {
    // Use the system's setting.
  }
  apply();
}

export function toggleTheme(session: Session): void {
  chosen = other();
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // It applies until the page is closed.
  }
  apply();
  session.tell("theme");
}

export function themeButton(session: Session): HTMLButtonElement {
  const switcher = button("", () => toggleTheme(session), { title: "T" });
  const name = (): void => {
    switcher.textContent = other() === "dark" ? "Dark" : "Light";
    switcher.setAttribute("aria-label", `Use the ${other()} theme`);
  };
  system.addEventListener("change", () => {
    apply();
    session.tell("theme");
  });
  session.on(["theme"], name);
  name();
  return switcher;
}
