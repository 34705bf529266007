/** The strip under a timeline: where the match of the video is doubtful. */

import { themed } from "./colours";
import { doubtfulInQuery, doubtfulSpans, inHalf, type Span } from "./doubt";
import { element, prepare } from "./elements";
import type { Session } from "./session";

export class DoubtStrip {
  private readonly canvas = element("canvas");
  readonly element = element("div", { class: "doubt", role: "img" }, this.canvas);

  constructor(
    private readonly session: Session,
    private readonly place: number,
  ) {}

  draw(): void {
    const context = prepare(this.canvas);
    if (context === null) return;
    const video = this.session.videos[this.place]!;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const spans = this.spans();
    context.fillStyle = themed("doubt");
    for (const [first, last] of spans) {
      const from = (first / video.frames) * width;
      const to = ((last + 1) / video.frames) * width;
      context.fillRect(from, 0, Math.max(to - from, 2), height);
    }
    const told = this.told(spans);
    this.element.title = told;
    this.element.setAttribute("aria-label", told);
    this.element.dataset.spans = JSON.stringify(spans);
  }

  /** In frames of the video; of the reference, where at least half of the matches are doubtful. */
  private spans(): Span[] {
    const { session, place } = this;
    const { times } = session.leader;
    const alignment = session.alignment(place);
    if (alignment !== null) return doubtfulInQuery(alignment, times);
    const matches = session.videos.map((_, other) => session.alignment(other));
    return inHalf(matches.filter((of) => of !== null).map((of) => doubtfulSpans(of, times)));
  }

  private told(spans: readonly Span[]): string {
    const { name, times } = this.session.videos[this.place]!;
    if (spans.length === 0) return `No doubtful match of ${name}`;
    const isReference = this.place === this.session.reference;
    const what = isReference ? "At least half of the matches with" : "The match of";
    const seconds = (frame: number): string => times[frame]!.toFixed(1);
    const where = spans.map(([first, last]) => `${seconds(first)} to ${seconds(last)} s`);
    return `${what} ${name} ${isReference ? "are" : "is"} doubtful: ${where.join(", ")}`;
  }
}
