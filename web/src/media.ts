/** A video element that shows exact frames and can be kept at a pace. */

import { mediaAddress, type Video } from "./documents";
import { worthSetting, type Order } from "./drift";
import { frameAt, middleOf } from "./mapping";

/** Times in the documents are rounded; the shortest frames last a few milliseconds. */
const ROUNDING = 0.001;
/** Milliseconds after a seek within which the browser should report the frame it found. */
const REPORT_TAKES = 250;
/** How often to request a frame again if it was not reported. */
const REPEATS = 5;

export class Media {
  readonly element: HTMLVideoElement;
  /** The frame on screen, or null before the first. */
  presented: number | null = null;
  /** Called for every frame that appears on screen, with seconds on its own clock. */
  readonly onFrame = new Set<(seconds: number, now: number) => void>();
  onEnded: (() => void) | null = null;
  /** Called with one sentence if the file cannot be played. */
  onFailure: ((sentence: string) => void) | null = null;

  private mounted = false;
  private source = "";
  /** Address of the whole file in this page's memory if it had to be fetched; otherwise empty. */
  private held = "";
  private started = false;
  private wanted: number | null = null;
  /** The frame last sought, which should stay on screen, or null while playing. */
  private sought: number | null = null;
  private repeats = 0;
  private seeking = false;
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

  /** Whether it plays from a proxy that seeks faster. */
  get isQuick(): boolean {
    return this.mounted && this.source !== mediaAddress({ ...this.video, quick: false });
  }

  get isMounted(): boolean {
    return this.mounted;
  }

  /** Whether frames can be shown immediately. */
  get isReady(): boolean {
    return this.started;
  }

  /** Whether the mounted file is not, or no longer, the best one to play. */
  get isOutdated(): boolean {
    return this.mounted && this.source !== mediaAddress(this.video);
  }

  mount(): void {
    if (this.mounted) return;
    this.mounted = true;
    this.source = mediaAddress(this.video);
    this.element.src = this.source;
  }

  /** Release the decoder; the last frame is not kept. */
  unmount(): void {
    if (!this.mounted) return;
    this.mounted = this.started = this.seeking = false;
    this.generation++;
    this.presented = null;
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
    if (this.held) URL.revokeObjectURL(this.held);
    this.held = "";
    this.release();
  }

  /** Show a frame; resolves when this frame, or one requested since, is visible. */
  show(frame: number): Promise<void> {
    this.wanted = frame;
    this.repeats = 0;
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

  /** Play on from the frame shown. */
  play(): void {
    this.sought = null;
    // Rejected if it is paused again immediately: nothing to report.
    this.element.play().catch(() => undefined);
  }

  pause(): void {
    this.element.pause();
  }

  /** Obey an order that keeps it in step. */
  obey(order: Order, target: number): void {
    if (!this.started || this.element.seeking) return;
    if (order.kind === "seek") {
      this.element.currentTime = Math.max(target, 0);
      this.last = { seconds: target, now: performance.now() };
    } else if (order.kind === "wait") {
      this.element.pause();
    } else {
      if (worthSetting(this.element.playbackRate, order.rate)) {
        this.element.playbackRate = order.rate;
      }
      if (this.element.paused && !this.element.ended) this.play();
    }
  }

  private begin(): void {
    const { seekable } = this.element;
    if (!this.held && (seekable.length === 0 || seekable.end(0) === 0)) {
      void this.hold();
      return;
    }
    this.started = true;
    this.watch(++this.generation);
    this.seek();
  }

  /** Fetch the whole file: without range requests, a web host does not allow seeking. */
  private async hold(): Promise<void> {
    const { generation } = this;
    try {
      const answer = await fetch(this.source);
      if (!answer.ok) throw new TypeError(answer.statusText);
      const file = await answer.blob();
      if (generation !== this.generation) return;
      this.element.src = this.held = URL.createObjectURL(file);
    } catch {
      if (generation === this.generation) {
        this.onFailure?.(`${this.video.name} could not be fetched.`);
      }
    }
  }

  private watch(generation: number): void {
    this.element.requestVideoFrameCallback((now, { mediaTime }) => {
      if (generation !== this.generation) return;
      this.see(mediaTime, now);
      this.watch(generation);
    });
  }

  private see(seconds: number, now: number): void {
    this.last = { seconds, now };
    this.presented = frameAt(this.video.times, seconds + ROUNDING);
    for (const listener of this.onFrame) listener(seconds, now);
  }

  private seek(): void {
    if (this.wanted === null) return;
    this.sought = this.wanted;
    const middle = middleOf(this.video.times, this.wanted);
    // A browser presents no new frame when it seeks to the exact time it is at.
    const aside = ((this.repeats % 2) * (middle - this.video.times[this.wanted]!)) / 4;
    const target = middle + aside;
    this.wanted = null;
    this.seeking = true;
    this.last = { seconds: target, now: performance.now() };
    this.element.currentTime = target;
  }

  private settled(): void {
    this.seeking = false;
    // Of all frames requested during this seek, only the newest counts.
    if (this.wanted !== null) {
      this.seek();
      return;
    }
    this.release();
    const { generation, sought } = this;
    setTimeout(() => {
      if (generation === this.generation && sought === this.sought) this.confirm();
    }, REPORT_TAKES);
  }

  /**
   * Request a frame again that was found but never reported: a browser that is busy when the frame
   * appears may skip its callback, and a still picture gets no later one.
   */
  private confirm(): void {
    const found = this.sought === null || this.presented === this.sought;
    if (found || this.seeking || this.wanted !== null || this.repeats === REPEATS) return;
    this.repeats++;
    this.wanted = this.sought;
    this.seek();
  }

  private release(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
