import { describe, expect, it } from "vitest";

import { frameAt, inverse, matched, middleOf, pace } from "../src/mapping";

const VARIABLE = [0, 0.1, 0.15, 0.5];

describe("frames and times", () => {
  it("finds the frame on screen, by each frame's own time", () => {
    expect(frameAt(VARIABLE, -1)).toBe(0);
    expect(frameAt(VARIABLE, 0.0999)).toBe(0);
    expect(frameAt(VARIABLE, 0.1)).toBe(1);
    expect(frameAt(VARIABLE, 0.4999)).toBe(2);
    expect(frameAt(VARIABLE, 9)).toBe(3);
  });

  it("seeks to where a frame is on screen, away from both edges", () => {
    VARIABLE.forEach((_, frame) => expect(frameAt(VARIABLE, middleOf(VARIABLE, frame))).toBe(frame));
    expect(middleOf(VARIABLE, 2)).toBeCloseTo(0.325);
    expect(middleOf(VARIABLE, 3)).toBeCloseTo(0.675);
    expect(middleOf([0], 0)).toBeGreaterThan(0);
  });
});

describe("matches", () => {
  it("use the nearest frame that has a match if a frame has none", () => {
    expect(matched([-1, -1, 4, 7, -1], 0)).toBe(4);
    expect(matched([-1, -1, 4, 7, -1], 4)).toBe(7);
    expect(matched([3, 5], 1)).toBe(5);
  });

  it("lead back from the query to the middle of the reference frames that match it", () => {
    expect(inverse([0, 2, 2, 2, 9], 2)).toBe(2);
    expect(inverse([0, 2, 2, 2, 9], 8)).toBe(4);
    expect(inverse([-1, 3, 5, -1], 0)).toBe(1);
  });
});

describe("pace", () => {
  const times = Array.from({ length: 101 }, (_, frame) => frame * 0.04);

  it("is twice as fast where the query takes half the time", () => {
    const half = times.slice(0, 51);
    const frames = times.map((_, frame) => frame >> 1);
    const { at, slope } = pace(times, half, frames);
    expect(slope(2)).toBeCloseTo(0.5, 1);
    expect(at(2)).toBeCloseTo(1, 1);
  });

  it("starts and ends at the exact frames", () => {
    const frames = times.map((_, frame) => Math.round(100 * (frame / 100) ** 2));
    const { at } = pace(times, times, frames);
    expect(at(0)).toBeCloseTo(middleOf(times, 0));
    expect(at(9)).toBeCloseTo(middleOf(times, 100));
  });

  it("stands still where the query waits, and never jumps further than the path within its reach", () => {
    const frames = times.map((_, frame) => (frame < 50 ? 10 : 60));
    const { at, slope } = pace(times, times, frames, 0.2);
    expect(slope(0.5)).toBeCloseTo(0);
    const around = [1.7, 1.9, 2, 2.1, 2.3].map(at);
    expect([...around].sort((a, b) => a - b)).toEqual(around);
    expect(around[0]).toBeCloseTo(middleOf(times, 10));
    expect(around[4]).toBeCloseTo(middleOf(times, 60));
  });

  it("agrees with a mean over the same reach, taken one by one", () => {
    const uneven = times.map((time, frame) => time + 0.015 * (frame % 3));
    const frames = times.map((_, frame) => (frame * 7) % 101).sort((a, b) => a - b);
    const { at } = pace(uneven, times, frames, 0.3);
    const middles = uneven.map((_, frame) => middleOf(uneven, frame));
    for (const frame of [0, 3, 40, 97, 100]) {
      const here = middles[frame]!;
      const reach = Math.min(0.3, here - middles[0]!, middles[100]! - here) + 1e-9;
      const near = frames.filter((_, other) => Math.abs(middles[other]! - here) <= reach);
      const mean = near.reduce((sum, match) => sum + middleOf(times, match), 0) / near.length;
      expect(at(here)).toBeCloseTo(mean, 6);
    }
  });
});
