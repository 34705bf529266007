/** A video's current frame, drawn in a panel. */

import { element } from "./elements";
import type { Session } from "./session";
import type { Thumbnails } from "./thumbnails";
import type { Tile } from "./tile";

export class FramePicture {
  readonly element: HTMLElement;
  private readonly canvas = element("canvas", { role: "img" });
  private readonly caption = element("figcaption");
  private tile: Tile | null = null;
  private readonly redraw = (): void => this.draw();

  constructor(
    private readonly session: Session,
    private readonly thumbnails: Thumbnails,
  ) {
    this.element = element("figure", {}, this.canvas, this.caption);
    session.on(["flip", "alignment"], this.redraw);
  }

  /** Draw from this video; null releases it. */
  use(tile: Tile | null): void {
    if (tile === this.tile) return;
    if (this.tile !== null) {
      this.tile.users--;
      this.tile.media.onFrame.delete(this.redraw);
      this.tile.settle();
    }
    this.tile = tile;
    if (tile === null) return;
    tile.users++;
    tile.media.onFrame.add(this.redraw);
    tile.settle();
    this.draw();
  }

  /** Show the frame's caption, and its thumbnail until the video is ready. */
  draw(): void {
    if (this.tile === null) return;
    const { session } = this;
    const video = session.videos[this.tile.place]!;
    const frame = session.shown(this.tile.place);
    this.caption.textContent = `${video.name} · ${video.times[frame]!.toFixed(2)} s · ${frame}`;
    this.canvas.classList.toggle("flipped", session.flips(this.tile.place));
    this.canvas.setAttribute("aria-label", `Frame ${frame} of ${video.name}`);
    const { element: media, isReady } = this.tile.media;
    if (!isReady || media.videoWidth === 0) {
      void this.thumbnails.draw(this.canvas, video, frame);
      return;
    }
    delete this.canvas.dataset.wanted;
    const height = Math.min(media.videoHeight, 360);
    this.canvas.height = height;
    this.canvas.width = Math.round((height * media.videoWidth) / media.videoHeight);
    this.canvas.getContext("2d")?.drawImage(media, 0, 0, this.canvas.width, height);
  }
}
