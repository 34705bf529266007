/** Keeping a playing video in step with the reference. */

/** The range of playbackRate; Chromium refuses anything outside it. */
const SLOWEST = 0.0625;
const FASTEST = 16;
/** Seconds within which a small drift is corrected. */
const CATCH_UP = 0.4;
/** From this drift in seconds, the video seeks instead of changing its rate. */
const TOO_FAR = 0.35;

export type Order = { kind: "run"; rate: number } | { kind: "wait" } | { kind: "seek" };

/**
 * What a follower should do.
 *
 * @param drift - seconds by which it is ahead of its place (negative: behind).
 * @param slope - its seconds per second of the reference.
 * @param speed - the reference's own playback rate.
 */
export function follow(drift: number, slope: number, speed: number): Order {
  // At a higher speed, the same screen delay is more seconds of video.
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
