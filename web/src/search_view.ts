/** The frames of all other videos nearest to a frame. */

import { tint } from "./colours";
import { nearestFrames, type Neighbour } from "./distances";
import { choice, element } from "./elements";
import { FramePicture } from "./frame_picture";
import type { Grid } from "./grid";
import type { Message } from "./message";
import type { View } from "./panel";
import type { Player } from "./player";
import type { Session } from "./session";
import type { Thumbnails } from "./thumbnails";

/** Seconds within which two frames of a video count as the same result. */
const APART = 0.3;
/** Milliseconds for which a frame must stay before it is searched for. */
const REST = 120;

export class SearchView implements View {
  readonly id = "search";
  readonly title = "Search";
  readonly element: HTMLElement;
  private readonly from;
  private readonly many;
  private readonly picture: FramePicture;
  private readonly results = element("ol", { class: "results", "aria-label": "Nearest frames" });
  private readonly status = element("p", { class: "quiet", role: "status" });
  private visible = false;
  private timer = 0;
  /** The frame searched for; it stays while a result is viewed. */
  private sought: { place: number; frame: number } | null = null;
  private going = false;

  constructor(
    private readonly session: Session,
    private readonly grid: Grid,
    private readonly player: Player,
    private readonly thumbnails: Thumbnails,
    private readonly message: Message,
  ) {
    const names = session.videos.map(({ name }, place) => [String(place), name] as const);
    this.from = choice("Search for the frame of", names, (value) => session.select(Number(value)));
    this.many = choice("Results per video", [["1", "1"], ["3", "3"]], () =>
      void this.search(),
    );
    this.picture = new FramePicture(session, thumbnails);
    this.element = element(
      "section",
      { class: "view" },
      element("div", { class: "row" }, this.from.field, this.many.field),
      element("div", { class: "sought" }, this.picture.element),
      this.status,
      this.results,
    );
    session.on(["position", "selected", "people"], () => this.later());
  }

  show(): void {
    this.visible = true;
    this.begin();
  }

  hide(): void {
    this.visible = false;
    clearTimeout(this.timer);
    this.picture.use(null);
    this.sought = null;
  }

  /** Search once the frame stays. */
  private later(): void {
    if (!this.visible || this.going) return;
    this.from.select.value = String(this.session.selected);
    this.picture.use(this.grid.tiles[this.session.selected]!);
    this.picture.draw();
    clearTimeout(this.timer);
    if (!this.session.playing) this.timer = window.setTimeout(() => this.begin(), REST);
  }

  private begin(): void {
    const { session } = this;
    this.from.select.value = String(session.selected);
    this.picture.use(this.grid.tiles[session.selected]!);
    this.picture.draw();
    this.sought = { place: session.selected, frame: session.shown(session.selected) };
    void this.search();
  }

  private async search(): Promise<void> {
    const { session, sought } = this;
    if (sought === null) return;
    if (session.videos.length < 2) {
      this.status.textContent = "There is no other video to search.";
      return;
    }
    this.status.textContent = "Loading the embeddings …";
    const embeddings = await this.message.attempt(() =>
      Promise.all(session.videos.map((_, place) => session.embeddingsOf(place))),
    );
    if (embeddings === null || !this.visible || sought !== this.sought) return;
    const { place, frame } = sought;
    const dims = embeddings[place]!.length / session.videos[place]!.frames;
    const apart = session.videos.map(({ fps }) => Math.max(1, Math.round(APART * fps)));
    const perVideo = Number(this.many.select.value);
    const found = nearestFrames(embeddings, dims, place, frame, apart, perVideo);
    this.status.textContent =
      `Frame ${frame} of ${session.videos[place]!.name}: ${found.length} nearest frames. ` +
      "Click one to play from there. d is the squared Euclidean distance between embeddings.";
    this.results.replaceChildren(...found.map((one) => this.result(one)));
  }

  private result(found: Neighbour): HTMLLIElement {
    const video = this.session.videos[found.video]!;
    const canvas = element("canvas", { class: "thumb", "aria-hidden": true });
    void this.thumbnails.draw(canvas, video, found.frame);
    const seconds = video.times[found.frame]!.toFixed(2);
    const dot = element("i", { class: "dot", "aria-hidden": true });
    dot.style.background = tint(found.video);
    const go = element(
      "button",
      {
        type: "button",
        "aria-label": `Play from frame ${found.frame} of ${video.name}, distance ${found.distance.toPrecision(3)}`,
      },
      canvas,
      element("span", { class: "name" }, dot, video.name),
      element("span", { class: "quiet" }, `${seconds} s · d ${found.distance.toPrecision(3)}`),
    );
    go.addEventListener("click", () => this.play(found));
    return element("li", {}, go);
  }

  private play(found: Neighbour): void {
    this.going = true;
    this.session.goToFrameOf(found.video, found.frame);
    this.grid.reveal(found.video);
    this.going = false;
    void this.player.play();
  }
}
