import { describe, expect, it } from "vitest";

import { pixelAt } from "../src/subject_place";

const WIDE = { width: 1280, height: 720 };

describe("a point on a video", () => {
  it("is a pixel of the video", () => {
    expect(pixelAt({ width: 640, height: 360 }, WIDE, [10, 20], false)).toEqual([20, 40]);
  });

  it("is none in the bars beside it", () => {
    const box = { width: 640, height: 640 };
    expect(pixelAt(box, WIDE, [10, 139], false)).toBeNull();
    expect(pixelAt(box, WIDE, [10, 141], false)).toEqual([20, 2]);
    expect(pixelAt(box, WIDE, [10, 501], false)).toBeNull();
    expect(pixelAt({ width: 640, height: 180 }, WIDE, [150, 50], false)).toBeNull();
    expect(pixelAt({ width: 640, height: 180 }, WIDE, [161, 50], false)).toEqual([4, 200]);
  });

  it("is on the other side of a video that is shown in a mirror", () => {
    expect(pixelAt({ width: 640, height: 360 }, WIDE, [10, 20], true)).toEqual([1260, 40]);
  });
});
