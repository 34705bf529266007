import { describe, expect, it } from "vitest";

import type { Alignment } from "../src/documents";
import { doubtfulInQuery, doubtfulSpans, inHalf } from "../src/doubt";

const TIMES = [0, 0.1, 0.2, 0.3, 0.4];

function alignment(change: Partial<Alignment>): Alignment {
  return {
    frames: [2, 4, 6, 8, -1], confidence: [], path: [], cost: 0, anchors: [], mirrored: false,
    reliable: true, doubtful: [], verdict: "", ...change,
  };
}

describe("doubtful stretches", () => {
  it("are none in a good match", () => {
    expect(doubtfulSpans(alignment({}), TIMES)).toEqual([]);
  });

  it("are told in frames of the reference and of the query", () => {
    const one = alignment({ doubtful: [[0.1, 0.2]] });
    expect(doubtfulSpans(one, TIMES)).toEqual([[1, 2]]);
    expect(doubtfulInQuery(one, TIMES)).toEqual([[4, 6]]);
  });

  it("end at the last match where the query has none", () => {
    expect(doubtfulInQuery(alignment({ doubtful: [[0.3, 0.4]] }), TIMES)).toEqual([[8, 8]]);
  });

  it("of two matches are joined", () => {
    expect(inHalf([[[5, 8], [0, 2]], [[3, 4], [7, 7], [11, 12]]])).toEqual([[0, 8], [11, 12]]);
  });

  it("of one match among many do not count for all", () => {
    expect(inHalf([[[0, 9]], [[3, 4]], [], []])).toEqual([[3, 4]]);
    expect(inHalf([])).toEqual([]);
  });

  it("are everything in a bad match without a worst stretch", () => {
    expect(doubtfulInQuery(alignment({ reliable: false }), TIMES)).toEqual([[2, 8]]);
  });
});
