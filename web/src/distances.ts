/** Squared Euclidean distances between embeddings, (frames × dims) row by row. */

export interface CostMatrix {
  /** (rows × columns) distances, rows of the reference. */
  values: Float32Array;
  rows: number;
  columns: number;
  /** Number of frames from one row or column to the next. */
  rowStep: number;
  columnStep: number;
}

/** The distance from a row of `a` to a row of `b`. */
export function distance(
  a: Float32Array,
  row: number,
  b: Float32Array,
  column: number,
  dims: number,
): number {
  let sum = 0;
  let left = row * dims;
  let right = column * dims;
  for (let dim = 0; dim < dims; dim++) {
    const difference = a[left++]! - b[right++]!;
    sum += difference * difference;
  }
  return sum;
}

/**
 * Scale every row to norm 1; rows of zeros stay. The squared Euclidean distances of such rows are
 * twice their cosine distances.
 */
export function directions(embeddings: Float32Array, dims: number): Float32Array {
  const found = Float32Array.from(embeddings);
  for (let row = 0; row < found.length; row += dims) {
    const values = found.subarray(row, row + dims);
    const length = Math.hypot(...values);
    if (length > 0) values.forEach((value, dim) => { values[dim] = value / length; });
  }
  return found;
}

/** All distances between two videos; frames are skipped if there are more than `most`. */
export function costMatrix(
  reference: Float32Array,
  query: Float32Array,
  dims: number,
  most = 400,
): CostMatrix {
  const frames = [reference.length / dims, query.length / dims] as const;
  const [rowStep, columnStep] = frames.map((count) => Math.ceil(count / most)) as [number, number];
  const rows = Math.ceil(frames[0] / rowStep);
  const columns = Math.ceil(frames[1] / columnStep);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values[row * columns + column] = distance(
        reference,
        row * rowStep,
        query,
        column * columnStep,
        dims,
      );
    }
  }
  return { values, rows, columns, rowStep, columnStep };
}

export interface Neighbour {
  video: number;
  frame: number;
  distance: number;
}

/**
 * The frames of other videos nearest to a frame, nearest first.
 *
 * @param embeddings - of each video.
 * @param apart - frames of one video within which only the nearest is kept.
 * @param perVideo - maximum number of frames per video.
 */
export function nearestFrames(
  embeddings: readonly Float32Array[],
  dims: number,
  video: number,
  frame: number,
  apart: readonly number[],
  perVideo: number,
): Neighbour[] {
  const found: Neighbour[] = [];
  embeddings.forEach((rows, other) => {
    if (other === video) return;
    const all: Neighbour[] = [];
    for (let row = 0; row < rows.length / dims; row++) {
      all.push({
        video: other,
        frame: row,
        distance: distance(embeddings[video]!, frame, rows, row, dims),
      });
    }
    all.sort((a, b) => a.distance - b.distance || a.frame - b.frame);
    const kept: Neighbour[] = [];
    for (const one of all) {
      if (kept.length === perVideo) break;
      if (kept.every((near) => Math.abs(near.frame - one.frame) >= apart[other]!)) kept.push(one);
    }
    found.push(...kept);
  });
  return found.sort((a, b) => a.distance - b.distance || a.video - b.video);
}
