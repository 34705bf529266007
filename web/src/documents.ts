/** The documents behind the page, all at relative addresses. */

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
  /** The person chosen on the page, as an option of a command; empty if none is. */
  subject: string;
  /** Whether its media can be played now. */
  ready: boolean;
  /** Why it can never be played, if known. */
  failure?: string | null;
  /** Whether there is a proxy that seeks faster than its media. */
  quick: boolean;
  /** Number of frames from one thumbnail to the next. */
  thumbnail_step: number;
}

export interface Collection {
  title: string;
  editable: boolean;
  /** Whether another person can be followed in a video. */
  follows_people: boolean;
  /** Names of the key events, in order. */
  events: string[];
  reference: string;
  /** Distance used for matching frames. */
  distance: "squared_euclidean" | "cosine";
  videos: Video[];
  thumbnails: { height: number; columns: number };
}

/** A reference frame and its query frame. */
export type Match = [reference: number, query: number];

/** The alignment of a query with the reference. */
export interface Alignment {
  /** The query frame of each reference frame, −1 for none. */
  frames: number[];
  /** 0..1 for each reference frame. */
  confidence: number[];
  path: Match[];
  cost: number;
  anchors: Match[];
  /** Whether the query is matched as seen in a mirror. */
  mirrored: boolean;
  /** Whether the match as a whole looks right. */
  reliable: boolean;
  /** First and last second, in the reference, of each stretch without a good match. */
  doubtful: [start: number, end: number][];
  /** The verdict as a sentence. */
  verdict: string;
}

export interface Alignments {
  reference: string;
  queries: Record<string, Alignment>;
}

export interface TrajectoryMap {
  method: string;
  points: Record<string, [number, number][]>;
}

/** How unusual each frame is (0..1), by the video's id. */
export type Anomalies = Record<string, number[]>;

export interface Progress {
  done: number;
  of: number;
  what: string;
  /** Videos that can be played now. */
  media?: string[];
  /** Videos whose thumbnails are ready. */
  thumbnails?: string[];
  /** Videos that have a proxy that seeks faster. */
  proxies?: string[];
  /** A sentence for each file that could not be made. */
  failed?: Record<string, string>;
}

export interface Labels {
  events: string[];
  videos: Record<string, Record<string, number>>;
}

/** labels.json in the project's own format, by the videos' names. */
export interface LabelsFile {
  events: string[];
  videos: Record<string, { fps?: number; frames?: number; events?: Record<string, number> }>;
  [other: string]: unknown;
}

/** A document that could not be loaded; its message is one sentence for the person. */
export class DocumentError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether it is still being made, and worth requesting again. */
  get isComing(): boolean {
    return this.status === 202 || this.status === 503;
  }
}

async function refusal(response: Response, address: string): Promise<DocumentError> {
  let sentence = `${address} could not be loaded (status ${response.status}).`;
  try {
    const told = (await response.json()) as { detail?: unknown };
    if (typeof told.detail === "string") sentence = told.detail;
  } catch {
    // Not JSON: use the status.
  }
  return new DocumentError(sentence, response.status);
}

async function ask(address: string, request: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: "same-origin", ...request });
  } catch {
    throw new DocumentError(
      `${address} could not be loaded: is inphase view still running, or the folder still there?`,
      0,
    );
  }
  // 202: accepted but still being made.
  if (!response.ok || response.status === 202) throw await refusal(response, address);
  return response;
}

async function json<T>(address: string, request?: RequestInit): Promise<T> {
  const response = await ask(address, request);
  try {
    return (await response.json()) as T;
  } catch {
    throw new DocumentError(`${address} is not JSON; is the page's folder complete?`, 0);
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
/** `watched` lists the ids of the videos in view: their missing media are made next. */
export const fetchProgress = (watched: readonly string[]): Promise<Progress> =>
  json(`data/progress.json?watched=${watched.join(",")}`, { cache: "no-cache" });
export const fetchLabelsFile = (): Promise<LabelsFile> =>
  json("data/labels.json", { cache: "no-cache" });
/**
 * Save the change from `before` to `labels`; what was saved elsewhere meanwhile is kept. If both
 * changed the same mark, it is refused (status 409) unless one insists.
 */
export const sendLabels = (labels: Labels, before: Labels, insist: boolean): Promise<LabelsFile> =>
  json("data/labels.json", sending("PUT", { ...labels, before, insist }));
/** Replace the anchors `before`; changes made in another window meanwhile are kept. */
export const sendAnchors = (
  reference: string,
  query: string,
  anchors: readonly Match[],
  before: readonly Match[],
): Promise<Alignment> =>
  json("data/anchors", sending("POST", { reference, query, anchors, before }));

/** Follow whoever is at a pixel of a frame from now on. */
export const sendSubject = (
  video: string,
  x: number,
  y: number,
  frame: number,
): Promise<{ subject: string }> => json("data/subject", sending("POST", { video, x, y, frame }));

/** The embeddings of one video, (frames × dims) row by row. */
export const fetchEmbeddings = (id: string): Promise<Float32Array> => numbers("embeddings", id);
/** Those of the video as seen in a mirror. */
export const fetchMirrored = (id: string): Promise<Float32Array> => numbers("mirrored", id);

async function numbers(kind: string, id: string): Promise<Float32Array> {
  const response = await ask(`data/${kind}/${id}.bin`, { cache: "no-cache" });
  const buffer = await response.arrayBuffer();
  if (buffer.byteLength === 0 || buffer.byteLength % 4 !== 0) {
    throw new DocumentError(`The embeddings of ${id} are incomplete.`, 0);
  }
  // The file is little-endian, as is every machine that runs a browser.
  return new Float32Array(buffer);
}

export const mediaAddress = ({ id, quick }: Video): string =>
  `${quick ? "proxies" : "media"}/${id}.mp4`;
export const thumbnailsAddress = (id: string): string => `thumbnails/${id}.jpg`;
