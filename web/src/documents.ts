/** The documents that the page is made from, all beside it, by relative address. */

/** One video; frames are counted from 0, times are seconds from its first frame. */
export interface Video {
  id: string;
  name: string;
  /** Its name in labels.json. */
  label: string;
  frames: number;
  fps: number;
  duration: number;
  width: number;
  height: number;
  times: number[];
  has_sound: boolean;
  events: Record<string, number>;
  /** Whether its media can be played now. */
  ready: boolean;
  /** Why it never can be, as far as is known. */
  failure?: string | null;
  /** Whether there is a proxy that is quicker to seek in than its media. */
  quick: boolean;
  /** Every so many frames one thumbnail. */
  thumbnail_step: number;
}

export interface Collection {
  title: string;
  editable: boolean;
  /** Names of the key events, in order. */
  events: string[];
  reference: string;
  /** By which frames are matched. */
  distance: "squared_euclidean" | "cosine";
  videos: Video[];
  thumbnails: { height: number; columns: number };
}

/** A reference frame and its query frame. */
export type Match = [reference: number, query: number];

/** How one query goes with the reference. */
export interface Alignment {
  /** The query frame of each reference frame, −1 for none. */
  frames: number[];
  /** 0..1 for each reference frame. */
  confidence: number[];
  path: Match[];
  cost: number;
  anchors: Match[];
}

export interface Alignments {
  reference: string;
  queries: Record<string, Alignment>;
}

export interface TrajectoryMap {
  method: string;
  points: Record<string, [number, number][]>;
}

/** By the videos' ids how odd each frame is, 0..1. */
export type Anomalies = Record<string, number[]>;

export interface Progress {
  done: number;
  of: number;
  what: string;
  /** Videos that can be played now. */
  media?: string[];
  /** Videos whose sheet of thumbnails is there. */
  thumbnails?: string[];
  /** Videos that have a proxy which is quicker to seek in. */
  proxies?: string[];
  /** A sentence for what could not be made. */
  failed?: Record<string, string>;
}

export interface Labels {
  events: string[];
  videos: Record<string, Record<string, number>>;
}

/** labels.json as the project keeps it, by the videos' names. */
export interface LabelsFile {
  events: string[];
  videos: Record<string, { fps?: number; frames?: number; events?: Record<string, number> }>;
  [other: string]: unknown;
}

/** A document that did not come; its message is one sentence for the person. */
export class DocumentError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether it is being made, and worth asking for again. */
  get isComing(): boolean {
    return this.status === 202 || this.status === 503;
  }
}

async function refusal(response: Response, address: string): Promise<DocumentError> {
  let sentence = `${address} could not be had (status ${response.status}).`;
  try {
    const told = (await response.json()) as { detail?: unknown };
    if (typeof told.detail === "string") sentence = told.detail;
  } catch {
    // Not JSON: the status has to do.
  }
  return new DocumentError(sentence, response.status);
}

async function ask(address: string, request: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: "same-origin", ...request });
  } catch {
    throw new DocumentError(
      `${address} could not be had: is inphase view still running, or the folder still there?`,
      0,
    );
  }
  // 202: accepted, and still being made.
  if (!response.ok || response.status === 202) throw await refusal(response, address);
  return response;
}

async function json<T>(address: string, request?: RequestInit): Promise<T> {
  const response = await ask(address, request);
  try {
    return (await response.json()) as T;
  } catch {
    throw new DocumentError(`${address} holds no JSON; is the page's folder complete?`, 0);
  }
}

function sending(method: string, body: unknown): RequestInit {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

export const fetchCollection = (): Promise<Collection> =>
  json("data/collection.json", { cache: "no-cache" });
export const fetchAlignments = (reference: string): Promise<Alignments> =>
  json(`data/alignments/${reference}.json`, { cache: "no-cache" });
export const fetchMap = (): Promise<TrajectoryMap> => json("data/map.json", { cache: "no-cache" });
export const fetchAnomalies = (): Promise<Anomalies> =>
  json("data/anomalies.json", { cache: "no-cache" });
/** `watched` are ids of the videos in view: what is missing of them is made next. */
export const fetchProgress = (watched: readonly string[]): Promise<Progress> =>
  json(`data/progress.json?watched=${watched.join(",")}`, { cache: "no-cache" });
export const fetchLabelsFile = (): Promise<LabelsFile> =>
  json("data/labels.json", { cache: "no-cache" });
export const sendLabels = (labels: Labels): Promise<unknown> =>
  json("data/labels.json", sending("PUT", labels));
/** Anchors in place of those `before`; what another window did meanwhile stays. */
export const sendAnchors = (
  reference: string,
  query: string,
  anchors: readonly Match[],
  before: readonly Match[],
): Promise<Alignment> =>
  json("data/anchors", sending("POST", { reference, query, anchors, before }));

/** The embeddings of one video, (frames × dims) row by row. */
export async function fetchEmbeddings(id: string): Promise<Float32Array> {
  const response = await ask(`data/embeddings/${id}.bin`);
  const buffer = await response.arrayBuffer();
  if (buffer.byteLength === 0 || buffer.byteLength % 4 !== 0) {
    throw new DocumentError(`The embeddings of ${id} are not complete.`, 0);
  }
  // Every machine that runs a browser is little-endian, as the file is.
  return new Float32Array(buffer);
}

export const mediaAddress = ({ id, quick }: Video): string =>
  `${quick ? "proxies" : "media"}/${id}.mp4`;
export const thumbnailsAddress = (id: string): string => `thumbnails/${id}.jpg`;
