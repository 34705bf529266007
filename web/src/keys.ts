/** Keyboard shortcuts, and the dialog that lists them. */

import { button, element } from "./elements";
import type { Grid } from "./grid";
import type { Player } from "./player";
import type { Session } from "./session";
import { toggleTheme } from "./theme";
import { SPEEDS } from "./transport";

export interface Shortcuts {
  lead(place: number): void;
  open(view: string): void;
  mark(event: number): void;
}

interface Key {
  shown: string;
  keys: string[];
  told: string;
  act(key: string): void;
}

const OFF = "inphase-single-keys";

/** Listen to keys; returns the function that opens the dialog. */
export function listen(
  session: Session,
  player: Player,
  grid: Grid,
  shortcuts: Shortcuts,
): () => void {
  const keys = table(session, player, grid, shortcuts);
  const enabled = element("input", { type: "checkbox", checked: true });
  enabled.checked = recall();
  enabled.addEventListener("change", () => keep(enabled.checked));
  const dialog = help(keys, enabled);
  document.body.append(dialog);
  const open = (): void => dialog.showModal();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (dialog.open || isTyping(event)) return;
    if (event.key === "?") { open(); return; }
    if (!enabled.checked) return;
    const name = event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key;
    const pressed = name.length === 1 ? name.toLowerCase() : name;
    const found = keys.find((key) => key.keys.includes(pressed));
    if (found === undefined) return;
    event.preventDefault();
    found.act(pressed);
  });
  return open;
}

function table(session: Session, player: Player, grid: Grid, shortcuts: Shortcuts): Key[] {
  const step = (frames: number): void => {
    player.pause();
    session.goTo(session.frame + frames);
  };
  const speed = (by: number): void => {
    const now = SPEEDS.indexOf(session.speed);
    session.setSpeed(SPEEDS[Math.min(Math.max(now + by, 0), SPEEDS.length - 1)]!);
  };
  const select = (by: number): void => {
    const count = session.videos.length;
    session.select((session.selected + by + count) % count);
    grid.reveal(session.selected);
  };
  return [
    { shown: "Space", keys: [" "], told: "Play or pause", act: () => void player.toggle() },
    { shown: "← →", keys: ["ArrowLeft", "ArrowRight"], told: "One frame back, forward",
      act: (key) => step(key === "ArrowLeft" ? -1 : 1) },
    { shown: "Shift ← →", keys: ["Shift+ArrowLeft", "Shift+ArrowRight"], told: "Ten frames back, forward",
      act: (key) => step(key === "Shift+ArrowLeft" ? -10 : 10) },
    { shown: "Home End", keys: ["Home", "End"], told: "First, last frame",
      act: (key) => session.goTo(key === "Home" ? 0 : session.leader.frames - 1) },
    { shown: "− +", keys: ["-", "+", "="], told: "Slower, faster",
      act: (key) => speed(key === "-" ? -1 : 1) },
    { shown: "[ ]", keys: ["[", "]"], told: "Start, end the loop here",
      act: (key) => session.setLoop({ [key === "[" ? "from" : "to"]: session.frame, on: true }) },
    { shown: "L", keys: ["l"], told: "Loop on or off",
      act: () => session.setLoop({ on: !session.loop.on }) },
    { shown: "P N", keys: ["p", "n"], told: "Select the previous, next video",
      act: (key) => select(key === "p" ? -1 : 1) },
    { shown: "R", keys: ["r"], told: "Make the selected video the reference",
      act: () => shortcuts.lead(session.selected) },
    { shown: "M", keys: ["m"], told: "Sound of the selected video on or off",
      act: () => session.hear(session.sound === session.selected ? null : session.selected) },
    { shown: "1 … 9", keys: "1 2 3 4 5 6 7 8 9".split(" "), told: "Mark a key event on the selected video",
      act: (key) => shortcuts.mark(Number(key) - 1) },
    { shown: "A", keys: ["a"], told: "Alignment", act: () => shortcuts.open("alignment") },
    { shown: "O", keys: ["o"], told: "Overlay two videos", act: () => shortcuts.open("overlay") },
    { shown: "V", keys: ["v"], told: "Map", act: () => shortcuts.open("map") },
    { shown: "S", keys: ["s"], told: "Search", act: () => shortcuts.open("search") },
    { shown: "E", keys: ["e"], told: "Key event labels", act: () => shortcuts.open("labels") },
    { shown: "T", keys: ["t"], told: "Switch between dark and light", act: () => toggleTheme(session) },
  ];
}

function help(keys: Key[], enabled: HTMLInputElement): HTMLDialogElement {
  const rows = [...keys.map(({ shown, told }) => [shown, told] as const), ["?", "This help"] as const];
  const list = element("dl", { class: "keys" });
  for (const [shown, told] of rows) {
    list.append(element("dt", {}, ...shown.split(" ").map((key) => element("kbd", {}, key))));
    list.append(element("dd", {}, told));
  }
  const dialog = element(
    "dialog",
    { "aria-labelledby": "keys-title" },
    element("h2", { id: "keys-title" }, "Keys"),
    list,
    element("p", {}, "The arrow keys also step through a video on its timeline, follow the path and ",
      "move a match in the alignment, and follow a trajectory on the map."),
    element("label", {}, enabled, " Enable single-key shortcuts (? always works)"),
  );
  dialog.append(button("Close", () => dialog.close(), { class: "main", autofocus: true }));
  return dialog;
}

/** Whether the focused element needs the key itself. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("select, textarea, dialog")) return true;
  if (target instanceof HTMLInputElement) {
    const { type } = target;
    if (type === "checkbox" || type === "radio") return event.key === " " || event.key.startsWith("Arrow");
    if (type === "range") return event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
    return true;
  }
  if (target.closest("button, a, summary")) return event.key === " " || event.key === "Enter";
  return target.closest("[role=tab]") !== null && event.key.startsWith("Arrow");
}

function recall(): boolean {
  try {
    return localStorage.getItem(OFF) !== "off";
  } catch {
    return true;
  }
}

function keep(on: boolean): void {
  try {
    localStorage.setItem(OFF, on ? "on" : "off");
  } catch {
    // It applies until the page is closed.
  }
}
