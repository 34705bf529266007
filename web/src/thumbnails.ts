/** Small pictures of frames, cut from one sheet per video. */

import { thumbnailsAddress, type Collection, type Video } from "./documents";

/** Position of a frame's thumbnail on its sheet, in tiles. */
export function tileOf(video: Video, frame: number, columns: number): [column: number, row: number] {
  const count = Math.ceil(video.frames / video.thumbnail_step);
  const index = Math.min(Math.round(frame / video.thumbnail_step), count - 1);
  return [index % columns, Math.floor(index / columns)];
}

export class Thumbnails {
  private readonly sheets = new Map<string, Promise<HTMLImageElement>>();

  /** Videos whose sheet is ready; null if unknown: then all are requested. */
  private there: ReadonlySet<string> | null = new Set();

  constructor(private readonly collection: Collection) {}

  /** Note which sheets are available. */
  announce(there: readonly string[] | null): void {
    this.there = there === null ? null : new Set(there);
  }

  /** Draw a frame's thumbnail, resizing the canvas. Nothing is drawn if there is none yet. */
  async draw(canvas: HTMLCanvasElement, video: Video, frame: number): Promise<void> {
    if (this.there?.has(video.id) === false) return;
    const wanted = `${video.id}/${frame}`;
    canvas.dataset.wanted = wanted;
    const sheet = await this.sheet(video).catch(() => null);
    // Another one may have been requested meanwhile.
    if (sheet === null || canvas.dataset.wanted !== wanted) return;
    const { columns } = this.collection.thumbnails;
    const rows = Math.ceil(Math.ceil(video.frames / video.thumbnail_step) / columns);
    const width = sheet.naturalWidth / columns;
    const height = sheet.naturalHeight / rows;
    const [column, row] = tileOf(video, frame, columns);
    canvas.width = width;
    canvas.height = height;
    canvas
      .getContext("2d")
      ?.drawImage(sheet, column * width, row * height, width, height, 0, 0, width, height);
  }

  private sheet(video: Video): Promise<HTMLImageElement> {
    let promise = this.sheets.get(video.id);
    if (promise === undefined) {
      const image = new Image();
      image.src = thumbnailsAddress(video.id);
      promise = image.decode().then(() => image);
      this.sheets.set(video.id, promise);
      // It may still be in the making: it is requested again the next time.
      promise.catch(() => this.sheets.delete(video.id));
    }
    return promise;
  }
}
