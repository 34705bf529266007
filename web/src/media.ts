/** One video element that shows frames exactly and can be kept at a pace. */

import { mediaAddress, type Video } from "./documents";
import { SLOWEST, worthSetting, type Order } from "./drift";
import { frameAt, middleOf, shownFor } from "./mapping";

/** Times in the documents are rounded; the shortest frames last some milliseconds. */
const ROUNDING = 0.001;
/** Milliseconds without a new frame after which the old one is the one. */
const SAME = 120;
/** How often a frame is tried for where the browser shows another. */
const ATTEMPTS = 4;

export class Media {
  readonly element: HTMLVideoElement;
  /** The frame that is on screen, or null before the first. */
  presented: number | null = null;
  /** Called for every frame that comes on screen, with seconds on its own clock. */
  readonly onFrame = new Set<(seconds: number, now: number) => void>();
  onEnded: (() => void) | null = null;
  /** One sentence, when the file cannot be played. */
  onFailure: ((sentence: string) => void) | null = null;

  private mounted = false;
  private started = false;
  /** The frame to seek to next, the one that is being sought or was found last. */
  private wanted: number | null = null;
  private sought: number | null = null;
  private seeking = false;
  /** Whether it plays for a moment only to come to the wanted frame. */
  private nudging = false;
  private attempts = 0;
  /** The frame that came last, be it from before a seek. */
  private seen: number | null = null;
  private waiting: (() => void)[] = [];
  private last = { seconds: 0, now: 0 };
  private generation = 0;

  constructor(private readonly video: Video) {
    this.element = document.createElement("video");
    this.element.muted = true;
    this.element.playsInline = true;
    this.element.preload = "auto";
    this.element.disablePictureInPicture = true;
    this.element.tabIndex = -1;
    this.element.setAttribute("aria-hidden", "true");
    this.element.addEventListener("seeked", () => this.settled());
    this.element.addEventListener("ended", () => this.onEnded?.());
    this.element.addEventListener("loadeddata", () => this.begin());
    this.element.addEventListener("error", () => {
      if (this.mounted) this.onFailure?.(`${this.video.name} cannot be played by this browser.`);
    });
  }

  get isMounted(): boolean {
    return this.mounted;
  }

  /** Whether frames can be shown at once. */
  get isReady(): boolean {
    return this.started;
  }

  mount(): void {
    if (this.mounted) return;
    this.mounted = true;
    this.element.src = mediaAddress(this.video.id);
  }

  /** Give the decoder back; the last frame is not kept. */
  unmount(): void {
    if (!this.mounted) return;
    this.mounted = this.started = this.seeking = this.nudging = false;
    this.generation++;
    this.presented = this.sought = null;
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
    this.release();
  }

  /** Show a frame; resolves when this one, or one asked for since, can be seen. */
  show(frame: number): Promise<void> {
    this.wanted = frame;
    const seen = new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.started && !this.seeking) this.seek();
    if (!this.mounted) this.release();
    return seen;
  }

  /** Estimated seconds on its clock at a moment of the page's clock. */
  place(now: number): number {
    const { seconds, now: then } = this.last;
    if (this.element.paused || this.element.seeking) return seconds;
    const since = Math.min(Math.max((now - then) / 1000, 0), 0.5);
    return seconds + since * this.element.playbackRate;
  }

  /** Play on from the frame that is shown. */
  play(): void {
    this.nudging = false;
    this.sought = null;
    this.run();
  }

  pause(): void {
    this.nudging = false;
    this.element.pause();
  }

  /** Do what keeps it in step. */
  obey(order: Order, target: number): void {
    if (!this.started || this.element.seeking) return;
    this.sought = null;
    this.nudging = false;
    if (order.kind === "seek") {
      this.element.currentTime = Math.max(target, 0);
      this.last = { seconds: target, now: performance.now() };
    } else if (order.kind === "wait") {
      this.element.pause();
    } else {
      if (worthSetting(this.element.playbackRate, order.rate)) {
        this.element.playbackRate = order.rate;
      }
      if (this.element.paused && !this.element.ended) this.run();
    }
  }

  private run(): void {
    // Refused where it is paused again at once: nothing to tell.
    this.element.play().catch(() => undefined);
  }

  private begin(): void {
    this.started = true;
    this.watch(++this.generation);
    this.seek();
  }

  private watch(generation: number): void {
    this.element.requestVideoFrameCallback((now, { mediaTime }) => {
      if (generation !== this.generation) return;
      this.see(mediaTime, now);
      this.watch(generation);
    });
  }

  private see(seconds: number, now: number): void {
    const frame = frameAt(this.video.times, seconds + ROUNDING);
    this.last = { seconds, now };
    this.seen = frame;
    // One from before the seek may still come in.
    if (!this.seeking || frame === this.sought) this.presented = frame;
    if (this.sought !== null && !this.seeking) this.check();
    for (const listener of this.onFrame) listener(seconds, now);
  }

  private seek(): void {
    if (this.wanted === null) return;
    this.sought = this.wanted;
    this.wanted = null;
    this.attempts = 0;
    this.seekTo(middleOf(this.video.times, this.sought));
  }

  private seekTo(seconds: number): void {
    this.stopNudging();
    this.seeking = true;
    this.presented = null;
    this.last = { seconds, now: performance.now() };
    this.element.currentTime = seconds;
  }

  private settled(): void {
    this.seeking = false;
    // Of all frames asked for while this one was being found only the newest counts.
    if (this.wanted !== null) {
      this.seek();
      return;
    }
    if (this.presented !== null) {
      this.check();
      return;
    }
    const { sought } = this;
    setTimeout(() => {
      if (this.sought !== sought || this.seeking || this.presented !== null) return;
      // None came because it was on screen already.
      this.presented = this.seen;
      this.check();
    }, SAME);
  }

  /**
   * Chromium stops at a frame before the wanted one where the file's durations of frames are
   * wrong, as they are with a variable frame rate and frames out of order. When it plays, it goes
   * by the next frame's time, so a moment of playing brings the right one.
   */
  private check(): void {
    const { presented, sought } = this;
    if (presented === null || sought === null) return;
    if (presented === sought || this.attempts === ATTEMPTS) {
      this.stopNudging();
      this.release();
    } else if (presented < sought) {
      if (this.nudging || !this.element.paused) return;
      this.attempts++;
      this.nudging = true;
      this.element.playbackRate = SLOWEST;
      this.run();
    } else {
      // It played too far: once more, with more time.
      this.attempts++;
      this.seekTo(this.video.times[sought]! + 0.1 * shownFor(this.video.times, sought));
    }
  }

  private stopNudging(): void {
    if (!this.nudging) return;
    this.nudging = false;
    this.element.pause();
  }

  private release(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
