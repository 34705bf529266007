/** How large pictures can be that all fill one screen. */

export interface Room {
  /** For all tiles, in CSS pixels. */
  width: number;
  height: number;
  gap: number;
  /** Height of a tile without its picture. */
  words: number;
}

/** The smallest picture that is still worth fitting; more videos than that are scrolled. */
export const SMALLEST = 150;

/**
 * The columns, and the width of a picture of this shape (width / height), for the largest pictures
 * that fit. If they would be too small, as many columns as are wide enough.
 */
export function fit(count: number, shape: number, room: Room): { columns: number; width: number } {
  const widthOf = (columns: number): number => (room.width - (columns - 1) * room.gap) / columns;
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const height = (room.height - (rows - 1) * room.gap) / rows - room.words;
    const width = Math.floor(Math.min(widthOf(columns), height * shape));
    if (width > best.width) best = { columns, width };
  }
  if (best.width >= Math.min(SMALLEST, room.width)) return best;
  const most = Math.floor((room.width + room.gap) / (SMALLEST + room.gap));
  const columns = Math.min(Math.max(most, 1), Math.max(count, 1));
  return { columns, width: Math.floor(widthOf(columns)) };
}
