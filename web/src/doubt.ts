/** Where the match of a video is doubtful, in frames. */

import type { Alignment } from "./documents";
import { frameAt, matched } from "./mapping";

/** First and last frame. */
export type Span = [first: number, last: number];

/** Doubtful stretches, in frames of the reference; all of it if no stretch of a bad match is worse. */
export function doubtfulSpans(alignment: Alignment, reference: readonly number[]): Span[] {
  if (!alignment.reliable && alignment.doubtful.length === 0) return [[0, reference.length - 1]];
  return alignment.doubtful.map(([start, end]) => [
    frameAt(reference, start),
    frameAt(reference, end),
  ]);
}

/** Where at least half of the matches are doubtful, given the spans of each. */
export function inHalf(matches: readonly (readonly Span[])[]): Span[] {
  const counts: number[] = [];
  for (const [first, last] of matches.flat()) {
    for (let frame = first; frame <= last; frame++) counts[frame] = (counts[frame] ?? 0) + 1;
  }
  const found: Span[] = [];
  for (let frame = 0; frame < counts.length; frame++) {
    if (2 * (counts[frame] ?? 0) < matches.length) continue;
    const before = found.at(-1);
    if (before?.[1] === frame - 1) before[1] = frame;
    else found.push([frame, frame]);
  }
  return found;
}

/** Doubtful stretches, in frames of the query. */
export function doubtfulInQuery(alignment: Alignment, reference: readonly number[]): Span[] {
  return doubtfulSpans(alignment, reference).map(([first, last]) => [
    matched(alignment.frames, first),
    matched(alignment.frames, last),
  ]);
}
