/** The bar at the bottom: play, step, scrub, speed, loop, reference, sound. */

import { button, choice, element } from "./elements";
import type { Player } from "./player";
import type { Session } from "./session";

export const SPEEDS = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3];

export class Transport {
  readonly element: HTMLElement;
  private readonly playButton: HTMLButtonElement;
  private readonly scrub = element("input", {
    type: "range",
    class: "scrub",
    min: 0,
    step: 1,
    "aria-label": "Frame of the reference",
  });
  private readonly time = element("output", { class: "time" });
  private readonly loopButton: HTMLButtonElement;
  private readonly reference;
  private readonly sound;
  private readonly speed;

  constructor(
    private readonly session: Session,
    player: Player,
    lead: (place: number) => void,
  ) {
    this.playButton = button("Play", () => void player.toggle(), { class: "main" });
    const names = session.videos.map(({ name }, place) => [String(place), name] as const);
    this.reference = choice("Reference", names, (value) => lead(Number(value)));
    const heard = names.filter((_, place) => session.videos[place]!.has_sound);
    this.sound = choice("Sound", [["", "none"], ...heard], (value) =>
      session.hear(value === "" ? null : Number(value)),
    );
    this.sound.field.hidden = heard.length === 0;
    this.speed = choice(
      "Speed",
      SPEEDS.map((speed) => [String(speed), `${speed}×`] as const),
      (value) => session.setSpeed(Number(value)),
    );
    this.loopButton = button("Loop", () => session.setLoop({ on: !session.loop.on }), {
      "aria-pressed": false,
    });
    this.scrub.addEventListener("input", () => session.goTo(Number(this.scrub.value)));
    const step = (frames: number) => (): void => {
      player.pause();
      session.goTo(session.frame + frames);
    };
    this.element = element(
      "section",
      { class: "transport", "aria-label": "Playback" },
      element(
        "div",
        { class: "row" },
        button("‹", step(-1), { class: "step", "aria-label": "One frame back", title: "One frame back (←)" }),
        this.playButton,
        button("›", step(1), { class: "step", "aria-label": "One frame forward", title: "One frame forward (→)" }),
        this.scrub,
        this.time,
      ),
      element(
        "div",
        { class: "row options" },
        element("div", { class: "row chosen-here" }, this.reference.field, this.sound.field),
        this.speed.field,
        element(
          "div",
          { class: "group", role: "group", "aria-label": "Loop" },
          button("Loop from here", () => session.setLoop({ from: session.frame, on: true }), {
            title: "[",
          }),
          button("to here", () => session.setLoop({ to: session.frame, on: true }), {
            "aria-label": "Loop to here",
            title: "]",
          }),
          this.loopButton,
        ),
      ),
    );
    session.on(["position"], () => this.position());
    session.on(["playing", "reference", "sound", "speed", "loop"], () => this.refresh());
    this.refresh();
  }

  private position(): void {
    const { session } = this;
    const { times, frames } = session.leader;
    this.scrub.value = String(session.frame);
    const seconds = times[session.frame]!.toFixed(2);
    this.time.textContent = `${seconds} s · ${session.frame} / ${frames - 1}`;
    this.scrub.setAttribute("aria-valuetext", `frame ${session.frame}, ${seconds} seconds`);
  }

  private refresh(): void {
    const { session } = this;
    this.playButton.textContent = session.playing ? "Pause" : "Play";
    this.scrub.max = String(session.leader.frames - 1);
    this.reference.select.value = String(session.reference);
    this.sound.select.value = session.sound === null ? "" : String(session.sound);
    this.speed.select.value = String(session.speed);
    this.loopButton.setAttribute("aria-pressed", String(session.loop.on));
    const { from, to } = session.loop;
    this.loopButton.title = `Frames ${from} to ${to} (L)`;
    this.position();
  }
}
