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

/** Spans that overlap or touch, joined; in order. */
export function joined(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const [first, last] of [...spans].sort(([a], [b]) => a - b)) {
    const before = found.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else found.push([first, last]);
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
