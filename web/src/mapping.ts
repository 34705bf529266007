/** From times to frames, and from a reference's frames to a query's. */

/** The last frame that starts at or before a time, or the first frame. */
export function frameAt(times: readonly number[], seconds: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle]! <= seconds) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How long a frame is shown, in seconds; the last one as long as its predecessor. */
export function shownFor(times: readonly number[], frame: number): number {
  const next = times[frame + 1];
  if (next !== undefined) return next - times[frame]!;
  return frame > 0 ? times[frame]! - times[frame - 1]! : 0.04;
}

/**
 * The middle of a frame's time on screen, to seek to. At its edge, rounding would decide whether
 * a browser shows this frame or the previous one.
 */
export function middleOf(times: readonly number[], frame: number): number {
  return times[frame]! + shownFor(times, frame) / 2;
}

/** The query frame of a reference frame, or of the nearest one that has a match. */
export function matched(frames: readonly number[], reference: number): number {
  for (let away = 0; away < frames.length; away++) {
    const before = frames[reference - away];
    if (before !== undefined && before >= 0) return before;
    const after = frames[reference + away];
    if (after !== undefined && after >= 0) return after;
  }
  return 0;
}

/** The reference frame whose match is nearest to a query frame; the middle one if several are. */
export function inverse(frames: readonly number[], query: number): number {
  let first = 0;
  let last = 0;
  let best = Infinity;
  for (let frame = 0; frame < frames.length; frame++) {
    if (frames[frame]! < 0) continue;
    const away = Math.abs(frames[frame]! - query);
    if (away < best) {
      best = away;
      first = frame;
    }
    if (away === best) last = frame;
  }
  return (first + last) >> 1;
}

/** A query's time as a smooth function of the reference's. */
export interface Pace {
  /** Seconds in the query at a time of the reference. */
  at: (seconds: number) => number;
  /** Query seconds per second of the reference. */
  slope: (seconds: number) => number;
}

/** Seconds on either side over which the steps of a path are smoothed for playback. */
const SMOOTHING = 0.2;

/**
 * The pace of a query that follows a path. A path waits and jumps by whole frames, but a video
 * element can only play faster or slower, so the path is smoothed by a moving mean.
 */
export function pace(
  reference: readonly number[],
  query: readonly number[],
  frames: readonly number[],
  smoothing = SMOOTHING,
): Pace {
  const raw = reference.map((_, frame) => middleOf(query, matched(frames, frame)));
  const middles = reference.map((_, frame) => middleOf(reference, frame));
  const smooth = movingMean(middles, raw, smoothing);
  const place = (seconds: number): number => {
    if (smooth.length < 2) return smooth[0] ?? 0;
    const left = Math.min(frameAt(middles, seconds), smooth.length - 2);
    const share = (seconds - middles[left]!) / (middles[left + 1]! - middles[left]!);
    const bounded = Math.min(Math.max(share, 0), 1);
    return smooth[left]! + bounded * (smooth[left + 1]! - smooth[left]!);
  };
  return {
    at: place,
    slope: (seconds) => {
      const from = Math.max(seconds - smoothing / 2, middles[0]!);
      const to = Math.min(seconds + smoothing / 2, middles[middles.length - 1]!);
      return to > from ? (place(to) - place(from)) / (to - from) : 0;
    },
  };
}

function movingMean(times: number[], values: number[], reach: number): number[] {
  let from = 0;
  let to = 0;
  let sum = 0;
  return times.map((time) => {
    // Equally far on both sides, so that the ends stay in place; both edges only move forward.
    const near = Math.min(reach, time - times[0]!, times[times.length - 1]! - time) + 1e-9;
    while (to < times.length && times[to]! <= time + near) sum += values[to++]!;
    while (times[from]! < time - near) sum -= values[from++]!;
    return sum / (to - from);
  });
}
