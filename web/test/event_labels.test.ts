import { describe, expect, it } from "vitest";

import type { Alignments, Labels, Video } from "../src/documents";
import {
  labelsFile,
  marked,
  outOfOrder,
  transferred,
  withEvent,
  withoutEvent,
  wrongName,
} from "../src/event_labels";

const LABELS: Labels = {
  events: ["lift", "drop"],
  videos: { v0: { lift: 1, drop: 3 }, v1: { drop: 9 }, v2: {} },
};
const one = {
  confidence: [], path: [], cost: 0, anchors: [], mirrored: false, reliable: true,
  doubtful: [] as [number, number][], verdict: "",
};
const ALIGNMENTS: Alignments = {
  reference: "v0",
  queries: { v1: { ...one, frames: [0, 5, 6, 7] }, v2: { ...one, frames: [-1, -1, 4, 8] } },
};

describe("key events", () => {
  it("are transferred to every video by its alignment, even where it has no match", () => {
    const carried = transferred(LABELS, ALIGNMENTS);
    expect(carried.videos.v1).toEqual({ lift: 5, drop: 7 });
    expect(carried.videos.v2).toEqual({ lift: 4, drop: 8 });
    expect(carried.videos.v0).toEqual({ lift: 1, drop: 3 });
    expect(LABELS.videos.v1).toEqual({ drop: 9 });
  });

  it("that the reference does not have stay unchanged", () => {
    const partly = marked(LABELS, "v0", "drop", null);
    expect(transferred(partly, ALIGNMENTS).videos.v1).toEqual({ lift: 5, drop: 9 });
  });

  it("are marked and cleared", () => {
    expect(marked(LABELS, "v2", "lift", 0).videos.v2).toEqual({ lift: 0 });
    expect(marked(LABELS, "v1", "drop", null).videos.v1).toEqual({});
  });

  it("have names, each once", () => {
    expect(wrongName(LABELS, " ")).toMatch(/needs a name/);
    expect(wrongName(LABELS, "lift ")).toMatch(/already/);
    expect(wrongName(LABELS, "end")).toBeNull();
    expect(withEvent(LABELS, " end ").events).toEqual(["lift", "drop", "end"]);
    expect(withoutEvent(LABELS, "drop")).toEqual({
      events: ["lift"],
      videos: { v0: { lift: 1 }, v1: {}, v2: {} },
    });
  });

  it("are reported when they are out of order", () => {
    expect(outOfOrder(marked(LABELS, "v0", "lift", 7), "v0")).toEqual(["drop"]);
    expect(outOfOrder(LABELS, "v0")).toEqual([]);
  });
});

describe("labels.json", () => {
  it("keeps the other fields of each video and takes these events", () => {
    const video = { id: "v0", name: "swings/me", label: "me", fps: 25, frames: 4 } as Video;
    const known = { set: "mine", events: ["old"], videos: { me: { file: "me.mp4", fps: 24.9 } } };
    expect(labelsFile(known, LABELS, [video])).toEqual({
      set: "mine",
      events: ["lift", "drop"],
      videos: { me: { file: "me.mp4", fps: 24.9, frames: 4, events: { lift: 1, drop: 3 } } },
    });
  });
});
