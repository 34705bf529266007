/** Plays all videos at the reference's pace. */

import { follow } from "./drift";
import { frameAt } from "./mapping";
import type { Session } from "./session";
import type { Tile } from "./tile";

/** Seconds that a seek while playing is likely to take; it aims this far ahead. */
const SEEK_TAKES = 0.08;
/** Seconds by which the reference's estimated position may precede the start of the frame. */
const EARLY = 0.001;

export class Player {
  /** Counts starts, so that one overtaken by another gives up. */
  private starts = 0;
  private starting = false;

  constructor(
    private readonly session: Session,
    private readonly tiles: readonly Tile[],
    private readonly complain: (sentence: string) => void,
  ) {
    for (const tile of tiles) {
      tile.media.onFrame.add((seconds, now) => {
        if (session.playing && tile.place === session.reference) this.tick(seconds, now);
      });
      tile.media.onEnded = () => {
        if (session.playing && tile.place === session.reference) this.finish();
      };
    }
    session.on(["reference", "seek"], () => {
      if (session.playing) void this.start();
    });
    session.on(["speed"], () => {
      if (session.playing) this.leader.media.element.playbackRate = session.speed;
    });
  }

  private get leader(): Tile {
    return this.tiles[this.session.reference]!;
  }

  async toggle(): Promise<void> {
    if (this.session.playing) this.pause();
    else await this.play();
  }

  async play(): Promise<void> {
    const { session } = this;
    const { name, ready, failure } = session.leader;
    if (!ready) {
      this.complain(failure ?? `${name} cannot be played yet: its copy is being made.`);
      return;
    }
    const end = session.loop.on ? session.loop.to : session.leader.frames - 1;
    const begin = session.loop.on ? session.loop.from : 0;
    if (session.frame >= end || session.frame < begin) session.advance(begin);
    session.playing = true;
    session.tell("playing");
    await this.start();
  }

  pause(): void {
    const { session } = this;
    if (!session.playing) return;
    session.playing = false;
    for (const tile of this.tiles) tile.media.pause();
    session.tell("playing");
    // From where each stopped to the exact frame for this position.
    session.tell("position");
  }

  /** Put every video on its frame, and start all at once. */
  private async start(): Promise<void> {
    const { session } = this;
    const number = ++this.starts;
    this.starting = true;
    const mounted = this.tiles.filter(({ media }) => media.isMounted);
    for (const { media } of mounted) media.pause();
    const shown = mounted.map(({ media, place }) => media.show(session.shown(place)));
    // A slow one catches up later.
    await Promise.race([
      Promise.all(shown),
      new Promise((resolve) => setTimeout(resolve, 1500)),
    ]);
    if (number !== this.starts) return;
    this.starting = false;
    if (!session.playing) return;
    const seconds = session.leader.times[session.frame]!;
    for (const { media, place } of mounted) {
      const slope = place === session.reference ? 1 : session.paceOf(place).slope(seconds);
      media.element.playbackRate = Math.min(Math.max(slope * session.speed, 0.0625), 16);
      media.play();
    }
  }

  /** The reference shows a new frame: keep all others in step with it. */
  private tick(seconds: number, now: number): void {
    const { session } = this;
    if (this.starting) return;
    const frame = frameAt(session.leader.times, seconds + EARLY);
    if (frame !== session.frame) session.advance(frame);
    if (session.loop.on && (frame >= session.loop.to || frame < session.loop.from)) {
      session.goTo(session.loop.from);
      return;
    }
    for (const { media, place } of this.tiles) {
      if (place === session.reference || !media.isReady) continue;
      const pace = session.paceOf(place);
      const slope = pace.slope(seconds);
      const target = pace.at(seconds);
      // Half of the current frame's time on screen lies ahead.
      const half = 0.5 / session.videos[place]!.fps;
      const order = follow(media.place(now) + half - target, slope, session.speed);
      const aim = target + SEEK_TAKES * slope * session.speed;
      media.obey(order, aim);
    }
  }

  private finish(): void {
    const { session } = this;
    if (session.loop.on) session.goTo(session.loop.from);
    else {
      session.advance(session.leader.frames - 1);
      this.pause();
    }
  }
}
