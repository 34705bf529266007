import { describe, expect, it } from "vitest";

import { fit, SMALLEST } from "../src/fit";

const room = { width: 920, height: 690, gap: 10, words: 100 };

describe("the size of the pictures", () => {
  it("fills the screen with rows", () => {
    expect(fit(5, 16 / 9, room)).toEqual({ columns: 3, width: 300 });
    expect(fit(2, 16 / 9, room)).toEqual({ columns: 2, width: 455 });
  });

  it("puts tall pictures beside each other", () => {
    expect(fit(2, 9 / 16, room)).toEqual({ columns: 2, width: 331 });
    expect(fit(5, 9 / 16, room).columns).toBe(5);
  });

  it("is the largest of all that fit", () => {
    for (let count = 1; count < 12; count++) {
      const { columns, width } = fit(count, 1.5, room);
      const fits = (across: number, wide: number): boolean => {
        const rows = Math.ceil(count / across);
        return (
          across * wide + (across - 1) * room.gap <= room.width &&
          rows * (wide / 1.5 + room.words) + (rows - 1) * room.gap <= room.height
        );
      };
      expect(fits(columns, width)).toBe(true);
      for (let across = 1; across <= count; across++) expect(fits(across, width + 1)).toBe(false);
    }
  });

  it("lets many videos be scrolled", () => {
    const { columns, width } = fit(100, 1.5, room);
    expect(columns).toBe(5);
    expect(width).toBeGreaterThanOrEqual(SMALLEST);
    expect(fit(100, 1.5, { ...room, width: 120 })).toEqual({ columns: 1, width: 120 });
  });
});
