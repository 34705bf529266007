import { describe, expect, it } from "vitest";

import { costMatrix, directions, nearestFrames } from "../src/distances";

const rows = (...values: number[][]): Float32Array => Float32Array.from(values.flat());

describe("cost matrix", () => {
  it("holds the squared Euclidean distance of every pair", () => {
    const matrix = costMatrix(rows([0, 0], [3, 4]), rows([0, 0], [1, 0], [3, 0]), 2);
    expect([matrix.rows, matrix.columns]).toEqual([2, 3]);
    expect([...matrix.values]).toEqual([0, 1, 9, 25, 20, 16]);
  });

  it("skips frames of long videos", () => {
    const long = Float32Array.from({ length: 1001 }, (_, frame) => frame);
    const matrix = costMatrix(long, rows([0]), 1, 400);
    expect([matrix.rows, matrix.rowStep, matrix.columns]).toEqual([334, 3, 1]);
    expect(matrix.values[2]).toBe(36);
  });
});

describe("directions", () => {
  it("have squared Euclidean distances of twice 1 minus the cosine", () => {
    const [one, other] = [rows([2, 0], [0, 0], [1, 1]), rows([0, 5], [-3, 0])];
    const { values } = costMatrix(directions(one, 2), directions(other, 2), 2);
    const half = Math.SQRT1_2;
    [2, 4, 1, 1, 2 - 2 * half, 2 + 2 * half].forEach((known, index) => {
      expect(values[index]).toBeCloseTo(known, 5);
    });
    expect([...one]).toEqual([2, 0, 0, 0, 1, 1]);
  });
});

describe("nearest frames", () => {
  const embeddings = [rows([5], [0]), rows([4], [5.5], [9]), rows([100], [5.1])];

  it("finds the nearest of each other video, nearest first", () => {
    const found = nearestFrames(embeddings, 1, 0, 0, [1, 1, 1], 1);
    expect(found.map(({ video, frame }) => [video, frame])).toEqual([[2, 1], [1, 1]]);
    expect(found[1]!.distance).toBeCloseTo(0.25);
  });

  it("finds several of one video only when they are apart", () => {
    const found = nearestFrames(embeddings, 1, 0, 0, [1, 2, 1], 2);
    expect(found.filter(({ video }) => video === 1).map(({ frame }) => frame)).toEqual([1]);
    const near = nearestFrames(embeddings, 1, 0, 0, [1, 1, 1], 2);
    expect(near.filter(({ video }) => video === 1).map(({ frame }) => frame)).toEqual([1, 0]);
  });
});
