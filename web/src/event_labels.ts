/** Key events of all videos: marking, transferring by alignment, and their file. */

import type { Alignments, Labels, LabelsFile, Video } from "./documents";
import { matched } from "./mapping";

/** Labels with one event of one video set to a frame, or removed (null). */
export function marked(labels: Labels, video: string, event: string, frame: number | null): Labels {
  const events = { ...labels.videos[video] };
  if (frame === null) {
    return {
      ...labels,
      videos: {
        ...labels.videos,
        [video]: Object.fromEntries(Object.entries(events).filter(([name]) => name !== event)),
      },
    };
  }
  return { ...labels, videos: { ...labels.videos, [video]: { ...events, [event]: frame } } };
}

/** Labels with the key events of the alignments' reference transferred to every query. */
export function transferred(labels: Labels, alignments: Alignments): Labels {
  const source = labels.videos[alignments.reference] ?? {};
  const videos = { ...labels.videos };
  for (const [query, alignment] of Object.entries(alignments.queries)) {
    const carried: Record<string, number> = {};
    for (const [event, frame] of Object.entries(source)) {
      carried[event] = matched(alignment.frames, frame);
    }
    videos[query] = { ...videos[query], ...carried };
  }
  return { ...labels, videos };
}

/** Why a name cannot be used for a new event, or null. */
export function wrongName(labels: Labels, name: string): string | null {
  if (name.trim() === "") return "A key event needs a name.";
  if (labels.events.includes(name.trim())) return `There is already a key event ${name.trim()}.`;
  return null;
}

export function withEvent(labels: Labels, name: string): Labels {
  return { ...labels, events: [...labels.events, name.trim()] };
}

export function withoutEvent(labels: Labels, event: string): Labels {
  const videos = Object.fromEntries(
    Object.entries(labels.videos).map(([id, events]) => [
      id,
      Object.fromEntries(Object.entries(events).filter(([name]) => name !== event)),
    ]),
  );
  return { events: labels.events.filter((name) => name !== event), videos };
}

/** Events of a video that are out of order, compared with the list of their names. */
export function outOfOrder(labels: Labels, video: string): string[] {
  const events = labels.videos[video] ?? {};
  const there = labels.events.filter((name) => events[name] !== undefined);
  return there.filter((name, place) => place > 0 && events[name]! < events[there[place - 1]!]!);
}

/** labels.json: the existing fields of each video, with these events. */
export function labelsFile(known: LabelsFile, labels: Labels, videos: readonly Video[]): LabelsFile {
  const entries: LabelsFile["videos"] = { ...known.videos };
  for (const video of videos) {
    entries[video.label] = {
      fps: video.fps,
      frames: video.frames,
      ...known.videos[video.label],
      events: ordered(labels, video.id),
    };
  }
  return { ...known, events: [...labels.events], videos: entries };
}

/** The key events in labels.json, by the videos' ids. */
export function labelsOf(file: LabelsFile, videos: readonly Video[]): Labels {
  const marks = videos.map(({ id, label }) => [id, { ...file.videos[label]?.events }] as const);
  return { events: [...file.events], videos: Object.fromEntries(marks) };
}

function ordered(labels: Labels, video: string): Record<string, number> {
  const events = labels.videos[video] ?? {};
  return Object.fromEntries(
    labels.events.filter((name) => events[name] !== undefined).map((name) => [name, events[name]!]),
  );
}
