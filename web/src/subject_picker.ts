/** Choose whom to follow in a video: click on the person, or move a cross there by keys. */

import { DocumentError, sendSubject } from "./documents";
import { button, element } from "./elements";
import type { Message } from "./message";
import type { Session } from "./session";
import { pixelAt } from "./subject_place";

/** Milliseconds between two requests while the person is being followed. */
const AGAIN = 500;
/** By how much a key moves the cross, as a share of the picture. */
const STEP = 0.02;

export class SubjectPicker {
  readonly button: HTMLButtonElement;
  private readonly cross = element("i", { class: "cross", "aria-hidden": true });
  /** Lies over the picture while a person is being chosen. */
  readonly element: HTMLDivElement;
  /** The choice as an option of a command. */
  readonly chosen = element("code", {
    class: "chosen",
    title: "This option makes the same choice in a command",
  });
  private at: [x: number, y: number] = [0.5, 0.5];

  constructor(
    private readonly session: Session,
    private readonly place: number,
    private readonly message: Message,
    /** The frame on screen. */
    private readonly frame: () => number,
  ) {
    const { name, subject } = session.videos[place]!;
    this.chosen.textContent = subject;
    this.button = button("Follow …", () => this.toggle(), {
      "aria-pressed": false,
      "aria-label": `Follow another person in ${name}`,
      hidden: !session.collection.follows_people,
    });
    this.element = element(
      "div",
      {
        class: "picker",
        tabindex: 0,
        role: "application",
        "aria-label":
          `Click on the person to follow in ${name}, or move the cross with the arrow keys and ` +
          "press Enter",
        hidden: true,
      },
      this.cross,
      element("p", {}, "Click on the person to follow."),
    );
    this.element.addEventListener("click", (event) => {
      const { left, top } = this.element.getBoundingClientRect();
      void this.pick(event.clientX - left, event.clientY - top);
    });
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  private toggle(): void {
    const picking = this.element.hidden;
    this.element.hidden = !picking;
    this.button.setAttribute("aria-pressed", String(picking));
    if (!picking) return;
    this.move(0.5, 0.5);
    this.element.focus();
  }

  private move(x: number, y: number): void {
    this.at = [Math.min(Math.max(x, 0), 1), Math.min(Math.max(y, 0), 1)];
    this.cross.style.left = `${100 * this.at[0]}%`;
    this.cross.style.top = `${100 * this.at[1]}%`;
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const [x, y] = this.at;
    const step = event.shiftKey ? 5 * STEP : STEP;
    const { clientWidth, clientHeight } = this.element;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.move(x - step, y),
      ArrowRight: () => this.move(x + step, y),
      ArrowUp: () => this.move(x, y - step),
      ArrowDown: () => this.move(x, y + step),
      Enter: () => void this.pick(x * clientWidth, y * clientHeight),
      Escape: () => {
        this.toggle();
        this.button.focus();
      },
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** Follow whoever is at a point of the picture. */
  private async pick(x: number, y: number): Promise<void> {
    const { session, place } = this;
    const video = session.videos[place]!;
    const { clientWidth: width, clientHeight: height } = this.element;
    const pixel = pixelAt({ width, height }, video, [x, y], session.flips(place));
    if (pixel === null) return;
    const frame = this.frame();
    this.toggle();
    this.button.disabled = true;
    this.button.textContent = "Following …";
    const subject = await this.message.attempt(() => followed(video.id, pixel, frame));
    if (subject !== null) {
      this.chosen.textContent = subject;
      await this.message.attempt(() => session.renew(place));
    }
    this.button.textContent = "Follow …";
    this.button.disabled = false;
  }
}

/** Ask until the person has been followed through the video. */
async function followed(
  video: string,
  [x, y]: readonly [number, number],
  frame: number,
): Promise<string> {
  for (;;) {
    try {
      return (await sendSubject(video, x, y, frame)).subject;
    } catch (error) {
      if (!(error instanceof DocumentError) || !error.isComing) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
}
