/** Keeping a playing video where the reference wants it. */

/** What a browser accepts as playbackRate; Chromium refuses anything outside. */
const SLOWEST = 0.0625;
const FASTEST = 16;
/** Seconds in which a small drift is made up for. */
const CATCH_UP = 0.4;
/** A drift of so many seconds is not made up for by haste: the video is put in its place. */
const TOO_FAR = 0.35;

export type Order = { kind: "run"; rate: number } | { kind: "wait" } | { kind: "seek" };

/**
 * What a follower is to do.
 *
 * @param drift - seconds by which it is ahead of its place (below 0: behind).
 * @param slope - its seconds in one second of the reference.
 * @param speed - the reference's own playback rate.
 */
export function follow(drift: number, slope: number, speed: number): Order {
  // At a higher speed the same delay of the screen is more seconds of video.
  const limit = TOO_FAR * Math.max(1, speed, slope * speed);
  if (Math.abs(drift) > limit) return { kind: "seek" };
  const rate = slope * speed - drift / CATCH_UP;
  if (rate < SLOWEST) return { kind: "wait" };
  return { kind: "run", rate: Math.min(rate, FASTEST) };
}

/** Whether a new rate is different enough to be worth setting. */
export function worthSetting(now: number, wanted: number): boolean {
  return Math.abs(now - wanted) > 0.03 * wanted;
}
