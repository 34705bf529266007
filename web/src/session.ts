/** The state of the page: its position, which video leads, what was loaded. */

import {
  fetchAlignments,
  fetchEmbeddings,
  fetchMirrored,
  type Alignment,
  type Alignments,
  type Anomalies,
  type Collection,
  type Labels,
  type Video,
} from "./documents";
import { inverse, matched, pace, type Pace } from "./mapping";

/** What may change. */
export type Topic =
  | "position"
  /** A person moved the position, as opposed to playback. */
  | "seek"
  | "playing"
  | "reference"
  | "alignment"
  | "selected"
  | "sound"
  | "speed"
  | "loop"
  | "labels"
  | "media"
  | "anomalies"
  /** Mirrored videos are shown the same way round as the reference, or as they are. */
  | "flip"
  /** Another person is followed in a video: its embeddings are others. */
  | "people"
  | "theme";

/** Reference frames between which playback loops. */
export interface Loop {
  on: boolean;
  from: number;
  to: number;
}

export class Session {
  /** Index of the reference among the videos. */
  reference: number;
  /** Reference frame shown now. */
  frame = 0;
  playing = false;
  speed = 1;
  loop: Loop;
  /** Index of the video whose sound is on, or null. */
  sound: number | null = null;
  /** Index of the video that keys and panels act on. */
  selected: number;
  labels: Labels;
  /** The labels that this window last loaded or saved. */
  savedLabels: Labels;
  /** Empty until they are known. */
  anomalies: Anomalies = {};
  /** Whether mirrored videos are shown the same way round as the reference. */
  flip = false;
  /** How often the embeddings of any video have changed. */
  version = 0;
  /** Whether there are unsaved labels. */
  unsaved = false;

  private alignments!: Alignments;
  private readonly knownAlignments = new Map<string, Promise<Alignments>>();
  private readonly knownEmbeddings = new Map<string, Promise<Float32Array>>();
  private readonly knownMirrored = new Map<string, Promise<Float32Array>>();
  private readonly paces = new Map<number, Pace>();
  /** Videos that show a frame other than their match, until the position changes. */
  private pins = new Map<number, number>();
  private readonly listeners = new Map<Topic, Set<() => void>>();

  constructor(readonly collection: Collection) {
    const place = collection.videos.findIndex(({ id }) => id === collection.reference);
    this.reference = Math.max(place, 0);
    this.selected = this.reference;
    this.loop = { on: false, from: 0, to: this.leader.frames - 1 };
    this.labels = {
      events: [...collection.events],
      videos: Object.fromEntries(collection.videos.map(({ id, events }) => [id, { ...events }])),
    };
    this.savedLabels = this.labels;
  }

  get videos(): Video[] {
    return this.collection.videos;
  }

  get leader(): Video {
    return this.videos[this.reference]!;
  }

  on(topics: readonly Topic[], listener: () => void): void {
    for (const topic of topics) {
      if (!this.listeners.has(topic)) this.listeners.set(topic, new Set());
      this.listeners.get(topic)!.add(listener);
    }
  }

  tell(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }

  /** Load the data of the first reference. */
  async open(): Promise<void> {
    this.alignments = await this.alignmentsOf(this.reference);
  }

  alignmentsOf(place: number): Promise<Alignments> {
    return remembered(this.knownAlignments, this.videos[place]!.id, fetchAlignments);
  }

  embeddingsOf(place: number): Promise<Float32Array> {
    return remembered(this.knownEmbeddings, this.videos[place]!.id, fetchEmbeddings);
  }

  /** The embeddings by which a video is matched with the reference: its own, or mirrored. */
  matchedEmbeddingsOf(place: number): Promise<Float32Array> {
    if (this.alignment(place)?.mirrored !== true) return this.embeddingsOf(place);
    return remembered(this.knownMirrored, this.videos[place]!.id, fetchMirrored);
  }

  /** Whether a video is shown as in a mirror. */
  flips(place: number): boolean {
    return this.flip && this.alignment(place)?.mirrored === true;
  }

  setFlip(flip: boolean): void {
    this.flip = flip;
    this.tell("flip");
  }

  /** The alignment of a video with the reference; null for the reference itself. */
  alignment(place: number): Alignment | null {
    return this.alignments.queries[this.videos[place]!.id] ?? null;
  }

  /** The frame of a video that matches a reference frame. */
  matchOf(place: number, frame = this.frame): number {
    const alignment = this.alignment(place);
    const last = this.videos[place]!.frames - 1;
    if (place === this.reference || alignment === null) return Math.min(frame, last);
    return Math.min(matched(alignment.frames, frame), last);
  }

  /** Whether an alignment with open ends has no match here. */
  unmatched(place: number): boolean {
    const alignment = this.alignment(place);
    return place !== this.reference && (alignment?.frames[this.frame] ?? 0) < 0;
  }

  /** The frame of a video that should be shown now. */
  shown(place: number): number {
    return this.pins.get(place) ?? this.matchOf(place);
  }

  paceOf(place: number): Pace {
    let known = this.paces.get(place);
    if (known === undefined) {
      const frames =
        this.alignment(place)?.frames ?? this.leader.times.map((_, frame) => frame);
      known = pace(this.leader.times, this.videos[place]!.times, frames);
      this.paces.set(place, known);
    }
    return known;
  }

  /** Go to a reference frame. */
  goTo(frame: number): void {
    const bounded = Math.min(Math.max(Math.round(frame), 0), this.leader.frames - 1);
    if (bounded === this.frame && this.pins.size === 0) return;
    this.advance(bounded);
    this.tell("seek");
  }

  /** Play on to a reference frame. */
  advance(frame: number): void {
    this.frame = frame;
    this.pins.clear();
    this.tell("position");
  }

  /** Go to a frame of one video: it shows exactly this frame, the others show their matches. */
  goToFrameOf(place: number, frame: number): void {
    const bounded = Math.min(Math.max(Math.round(frame), 0), this.videos[place]!.frames - 1);
    const alignment = this.alignment(place);
    const target = alignment === null ? bounded : inverse(alignment.frames, bounded);
    this.frame = Math.min(target, this.leader.frames - 1);
    this.pins = new Map(this.matchOf(place) === bounded ? [] : [[place, bounded]]);
    this.tell("position");
    this.tell("seek");
  }

  /** Let a video show a frame other than its match, as when a match is being moved. */
  pin(place: number, frame: number | null): void {
    if (frame === null) this.pins.delete(place);
    else this.pins.set(place, frame);
    this.tell("position");
  }

  /** Make another video the reference; it keeps showing the same frame. */
  async lead(place: number): Promise<void> {
    if (place === this.reference) return;
    const alignments = await this.alignmentsOf(place);
    const frame = this.shown(place);
    const loop = { from: this.matchOf(place, this.loop.from), to: this.matchOf(place, this.loop.to) };
    const whole = this.loop.from === 0 && this.loop.to === this.leader.frames - 1;
    this.reference = place;
    this.alignments = alignments;
    this.paces.clear();
    this.pins.clear();
    this.frame = frame;
    this.loop = whole
      ? { ...this.loop, from: 0, to: this.leader.frames - 1 }
      : { ...this.loop, ...loop };
    this.tell("reference");
    this.tell("position");
  }

  /** Replace the alignment of a query with the reference by a corrected one. */
  correct(query: number, alignment: Alignment): void {
    this.alignments.queries[this.videos[query]!.id] = alignment;
    const kept = this.knownAlignments.get(this.leader.id)!;
    // The reverse alignment has changed too, and must be requested again.
    this.knownAlignments.clear();
    this.knownAlignments.set(this.leader.id, kept);
    this.paces.delete(query);
    this.pins.delete(query);
    this.tell("alignment");
    this.tell("position");
  }

  /** Load everything anew that depends on the embeddings of a video. */
  async renew(place: number): Promise<void> {
    const { id } = this.videos[place]!;
    this.knownAlignments.clear();
    this.knownEmbeddings.delete(id);
    this.knownMirrored.delete(id);
    this.alignments = await this.alignmentsOf(this.reference);
    this.version++;
    this.paces.clear();
    this.pins.clear();
    this.tell("people");
    this.tell("alignment");
    this.tell("position");
  }

  select(place: number): void {
    if (place === this.selected) return;
    this.selected = place;
    this.tell("selected");
  }

  hear(place: number | null): void {
    this.sound = place;
    this.tell("sound");
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.tell("speed");
  }

  setLoop(change: Partial<Loop>): void {
    const loop = { ...this.loop, ...change };
    // A border set beyond the other one moves it too.
    if (loop.from >= loop.to) {
      if (change.from !== undefined) loop.to = this.leader.frames - 1;
      else loop.from = 0;
    }
    this.loop = loop;
    this.tell("loop");
  }

  setAnomalies(anomalies: Anomalies): void {
    this.anomalies = anomalies;
    this.tell("anomalies");
  }

  setLabels(labels: Labels, unsaved = true): void {
    this.labels = labels;
    this.unsaved = unsaved;
    this.tell("labels");
  }
}

/** A cache of requests; failed ones are repeated. */
function remembered<T>(
  known: Map<string, Promise<T>>,
  id: string,
  fetch: (id: string) => Promise<T>,
): Promise<T> {
  let promise = known.get(id);
  if (promise === undefined) {
    promise = fetch(id);
    known.set(id, promise);
    promise.catch(() => known.delete(id));
  }
  return promise;
}
