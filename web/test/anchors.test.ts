import { describe, expect, it } from "vitest";

import { allowed, anchorNear, withAnchor, withoutAnchor } from "../src/anchors";
import type { Match } from "../src/documents";

const ANCHORS: Match[] = [[10, 20], [30, 25]];

describe("anchors", () => {
  it("keep their order in both videos", () => {
    expect(allowed(ANCHORS, 20, 100)).toEqual([21, 24]);
    expect(withAnchor(ANCHORS, 20, 90, 100)).toEqual([[10, 20], [20, 24], [30, 25]]);
    expect(withAnchor(ANCHORS, 5, 90, 100)).toEqual([[5, 19], [10, 20], [30, 25]]);
    expect(withAnchor(ANCHORS, 40, 200, 100)).toEqual([...ANCHORS, [40, 99]]);
  });

  it("are replaced at the same reference frame", () => {
    expect(withAnchor(ANCHORS, 30, 60, 100)).toEqual([[10, 20], [30, 60]]);
  });

  it("leave no place if no frame lies between", () => {
    expect(withAnchor([[1, 4], [3, 5]], 2, 4, 100)).toBeNull();
    expect(withAnchor([[0, 99]], 1, 4, 100)).toBeNull();
  });

  it("are removed, and found near a frame", () => {
    expect(withoutAnchor(ANCHORS, 10)).toEqual([[30, 25]]);
    expect(anchorNear(ANCHORS, 12, 3)).toEqual([10, 20]);
    expect(anchorNear(ANCHORS, 20, 3)).toBeNull();
  });
});
