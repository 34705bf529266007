/** Matches corrected by a person; they increase in both videos. */

import type { Match } from "./documents";

/** The query frames that an anchor at a reference frame may have, given the other anchors. */
export function allowed(
  anchors: readonly Match[],
  reference: number,
  queryFrames: number,
): [least: number, most: number] {
  let least = 0;
  let most = queryFrames - 1;
  for (const [r, q] of anchors) {
    if (r < reference) least = Math.max(least, q + 1);
    if (r > reference) most = Math.min(most, q - 1);
  }
  return [least, most];
}

/** The anchors with one added at a reference frame, in order; null if no frame is left for it. */
export function withAnchor(
  anchors: readonly Match[],
  reference: number,
  query: number,
  queryFrames: number,
): Match[] | null {
  const [least, most] = allowed(anchors, reference, queryFrames);
  if (least > most) return null;
  const placed: Match = [reference, Math.min(Math.max(query, least), most)];
  return [...withoutAnchor(anchors, reference), placed].sort((a, b) => a[0] - b[0]);
}

export function withoutAnchor(anchors: readonly Match[], reference: number): Match[] {
  return anchors.filter(([r]) => r !== reference);
}

/** The anchor nearest to a reference frame, if it lies within `reach` frames. */
export function anchorNear(
  anchors: readonly Match[],
  reference: number,
  reach: number,
): Match | null {
  let best: Match | null = null;
  for (const anchor of anchors) {
    const away = Math.abs(anchor[0] - reference);
    if (away <= reach && (best === null || away < Math.abs(best[0] - reference))) best = anchor;
  }
  return best;
}
