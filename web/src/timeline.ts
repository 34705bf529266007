/** A video's timeline: key events, anomaly curve, loop and current frame. */

import { themed, tint } from "./colours";
import { element, prepare } from "./elements";
import type { Session } from "./session";

export class Timeline {
  readonly element: HTMLDivElement;
  private readonly canvas = element("canvas");
  private readonly head = element("div", { class: "head" });
  /** Pixels, as last drawn: measuring it at every frame would force a layout. */
  private width = 0;

  constructor(
    private readonly session: Session,
    private readonly place: number,
  ) {
    const video = session.videos[place]!;
    this.element = element(
      "div",
      {
        class: "timeline",
        role: "slider",
        tabindex: 0,
        "aria-label": `Timeline of ${video.name}`,
        "aria-valuemin": 0,
        "aria-valuemax": video.frames - 1,
      },
      this.canvas,
      this.head,
    );
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      this.follow(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) this.follow(event);
    });
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  /** Draw everything that does not change while playing. */
  draw(): void {
    const context = prepare(this.canvas);
    if (context === null) return;
    const { session, place } = this;
    const video = session.videos[place]!;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.width = width;
    const x = (frame: number): number => ((frame + 0.5) / video.frames) * width;
    if (session.loop.on) {
      const from = x(session.matchOf(place, session.loop.from) - 0.5);
      const to = x(session.matchOf(place, session.loop.to) + 0.5);
      context.fillStyle = themed("loop");
      context.fillRect(from, 0, Math.max(to - from, 2), height);
    }
    const anomaly = session.anomalies[video.id];
    if (anomaly !== undefined) {
      context.beginPath();
      context.moveTo(0, height);
      anomaly.forEach((value, frame) => context.lineTo(x(frame), height - value * (height - 4)));
      context.lineTo(width, height);
      context.fillStyle = themed("anomaly");
      context.fill();
    }
    const events = session.labels.videos[video.id] ?? {};
    session.labels.events.forEach((name, index) => {
      const frame = events[name];
      if (frame === undefined) return;
      context.fillStyle = tint(index);
      context.fillRect(x(frame) - 1.5, 0, 3, height);
      context.beginPath();
      context.moveTo(x(frame) - 6, 0);
      context.lineTo(x(frame) + 6, 0);
      context.lineTo(x(frame), 8);
      context.fill();
    });
    this.move();
  }

  /** Move the head to the frame shown. */
  move(): void {
    const { session, place } = this;
    const video = session.videos[place]!;
    const frame = session.shown(place);
    const share = (frame + 0.5) / video.frames;
    this.head.style.transform = `translateX(${share * this.width}px)`;
    this.element.setAttribute("aria-valuenow", String(frame));
    this.element.setAttribute("aria-valuetext", this.told(frame));
  }

  private told(frame: number): string {
    const video = this.session.videos[this.place]!;
    const here = Object.entries(this.session.labels.videos[video.id] ?? {})
      .filter(([, at]) => at === frame)
      .map(([name]) => name);
    const odd = this.session.anomalies[video.id]?.[frame];
    return [
      `frame ${frame} of ${video.frames}, ${video.times[frame]!.toFixed(2)} seconds`,
      ...here,
      ...(odd !== undefined && odd >= 0.5 ? [`anomaly ${odd.toFixed(2)}`] : []),
    ].join(", ");
  }

  private follow(event: PointerEvent): void {
    const { left, width } = this.element.getBoundingClientRect();
    const { frames } = this.session.videos[this.place]!;
    this.session.select(this.place);
    this.session.goToFrameOf(this.place, Math.floor(((event.clientX - left) / width) * frames));
  }

  private key(event: KeyboardEvent): void {
    const { session, place } = this;
    const now = session.shown(place);
    const step = event.shiftKey ? 10 : 1;
    const targets: Record<string, number> = {
      ArrowRight: now + step,
      ArrowUp: now + step,
      ArrowLeft: now - step,
      ArrowDown: now - step,
      PageUp: now + 10,
      PageDown: now - 10,
      Home: 0,
      End: session.videos[place]!.frames - 1,
    };
    const target = targets[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    session.goToFrameOf(place, target);
  }
}
