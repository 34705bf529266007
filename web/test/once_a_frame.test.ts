import { describe, expect, it, vi } from "vitest";

import { onceAFrame } from "../src/once_a_frame";

describe("drawing once a frame", () => {
  it("happens once before the next frame for all requests, and again for later ones", () => {
    const waiting: (() => void)[] = [];
    vi.stubGlobal("requestAnimationFrame", (call: () => void) => waiting.push(call));
    const draw = vi.fn();
    const redraw = onceAFrame(draw);
    redraw();
    redraw();
    expect(draw).not.toHaveBeenCalled();
    waiting.splice(0).forEach((call) => call());
    expect(draw).toHaveBeenCalledTimes(1);
    redraw();
    waiting.splice(0).forEach((call) => call());
    expect(draw).toHaveBeenCalledTimes(2);
    vi.unstubAllGlobals();
  });
});
