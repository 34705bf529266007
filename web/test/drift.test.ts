import { describe, expect, it } from "vitest";

import { follow, worthSetting } from "../src/drift";

/** Seconds of drift after so many seconds of following, ticked 25 times a second. */
function followed(drift: number, slope: number, speed: number, seconds: number): number {
  let ahead = drift;
  for (let tick = 0; tick < seconds * 25; tick++) {
    const order = follow(ahead, slope, speed);
    if (order.kind === "seek") ahead = 0;
    else ahead += ((order.kind === "run" ? order.rate : 0) - slope * speed) / 25;
  }
  return ahead;
}

describe("a video that follows", () => {
  it("runs at its slope when it is in place", () => {
    expect(follow(0, 1.7, 0.5)).toEqual({ kind: "run", rate: 0.85 });
  });

  it.each([
    [0.2, 1, 1],
    [-0.2, 1, 1],
    [0.3, 0.4, 1],
    [-0.3, 2, 1.5],
    [0.1, 0, 1],
  ])("makes up for %f s at slope %f and speed %f", (drift, slope, speed) => {
    const left = followed(drift, slope, speed, 2);
    // While the reference waits, a video that is ahead can only wait too.
    if (slope === 0) expect(left).toBe(drift);
    else expect(Math.abs(left)).toBeLessThan(0.02);
  });

  it("seeks when it is far away", () => {
    expect(follow(1, 1, 1).kind).toBe("seek");
    expect(follow(-1, 1, 1).kind).toBe("seek");
  });

  it("waits where the path waits, and never sets a rate that browsers refuse", () => {
    expect(follow(0, 0, 1).kind).toBe("wait");
    for (const slope of [0, 0.05, 1, 40]) {
      for (const drift of [-0.3, 0, 0.3]) {
        const order = follow(drift, slope, 3);
        if (order.kind !== "run") continue;
        expect(order.rate).toBeGreaterThanOrEqual(0.0625);
        expect(order.rate).toBeLessThanOrEqual(16);
      }
    }
  });

  it("keeps a rate that is nearly right", () => {
    expect(worthSetting(1, 1.02)).toBe(false);
    expect(worthSetting(1, 1.2)).toBe(true);
  });
});
