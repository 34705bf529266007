/** All videos' paths through the embedding space: hover to see a frame, click to go there. */

import { themed, tint } from "./colours";
import { DocumentError, fetchMap, type TrajectoryMap } from "./documents";
import { button, element, prepare } from "./elements";
import { onceAFrame } from "./once_a_frame";
import type { View } from "./panel";
import type { Session } from "./session";
import type { Thumbnails } from "./thumbnails";

/** Pixels from a point within which the pointer is on it. */
const REACH = 18;
/** Milliseconds between two requests for the map. */
const AGAIN = 1500;
const MARGIN = 14;

interface Spot {
  place: number;
  frame: number;
}

export class MapView implements View {
  readonly id = "map";
  readonly title = "Map";
  readonly element: HTMLElement;
  private readonly base = element("canvas");
  private readonly overlay = element("canvas");
  private readonly board = element("div", { class: "board map", tabindex: 0, role: "slider" },
    this.base, this.overlay);
  private readonly picture = element("canvas", { class: "thumb", "aria-hidden": true });
  private readonly told = element("p", { class: "quiet", role: "status" });
  private readonly legend = element("ul", { class: "legend", "aria-label": "Videos on the map" });
  private readonly hiddenVideos = new Set<number>();
  private map: TrajectoryMap | null = null;
  private bounds = { x: 0, y: 0, width: 1, height: 1 };
  /** Pixels of each video's frames, x and y alternating, for the current size of the board. */
  private pixels: Float32Array[] = [];
  private spot: Spot | null = null;
  private visible = false;
  private timer = 0;
  private readonly redraw = onceAFrame(() => this.draw());
  private readonly remark = onceAFrame(() => this.mark());

  constructor(
    private readonly session: Session,
    private readonly thumbnails: Thumbnails,
  ) {
    this.element = element(
      "section",
      { class: "view" },
      this.board,
      element("div", { class: "hovered" }, this.picture, this.told),
      this.legend,
    );
    this.fillLegend();
    const { board } = this;
    board.addEventListener("pointermove", (event) => this.hover(event));
    board.addEventListener("pointerleave", () => this.point(null));
    board.addEventListener("click", (event) => {
      this.hover(event);
      this.go();
    });
    board.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(this.redraw).observe(board);
    session.on(["theme"], this.redraw);
    session.on(["people"], () => {
      this.map = null;
      if (this.visible) void this.load();
    });
    session.on(["position", "reference", "selected"], this.remark);
    this.describe();
  }

  show(): void {
    this.visible = true;
    if (this.map === null) void this.load();
    else this.draw();
  }

  hide(): void {
    this.visible = false;
    clearTimeout(this.timer);
  }

  private async load(): Promise<void> {
    try {
      this.map = await fetchMap();
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      this.told.textContent = error.message;
      if (error.isComing && this.visible) {
        this.timer = window.setTimeout(() => void this.load(), AGAIN);
      }
      return;
    }
    const all = Object.values(this.map.points).flat();
    const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
    const least = [xs, ys].map((values) => values.reduce((a, b) => Math.min(a, b), Infinity));
    const most = [xs, ys].map((values) => values.reduce((a, b) => Math.max(a, b), -Infinity));
    this.bounds = {
      x: least[0]!,
      y: least[1]!,
      width: most[0]! - least[0]! || 1,
      height: most[1]! - least[1]! || 1,
    };
    this.told.textContent = this.idle;
    this.draw();
  }

  private get idle(): string {
    return `${this.map?.method ?? ""} of the embeddings. Point at a frame to see it; click to go there.`;
  }

  /** The position of every frame on a board of this size. */
  private measure(map: TrajectoryMap): void {
    const { clientWidth: width, clientHeight: height } = this.base;
    const { bounds } = this;
    const unit = Math.min(
      (width - 2 * MARGIN) / bounds.width,
      (height - 2 * MARGIN) / bounds.height,
    );
    this.pixels = this.session.videos.map(({ id }) => {
      const points = map.points[id] ?? [];
      const pixels = new Float32Array(2 * points.length);
      points.forEach(([x, y], frame) => {
        pixels[2 * frame] = width / 2 + (x - bounds.x - bounds.width / 2) * unit;
        pixels[2 * frame + 1] = height / 2 - (y - bounds.y - bounds.height / 2) * unit;
      });
      return pixels;
    });
  }

  private pixel(place: number, frame: number): [x: number, y: number] {
    const pixels = this.pixels[place]!;
    return [pixels[2 * frame]!, pixels[2 * frame + 1]!];
  }

  private get shownVideos(): number[] {
    const { map, session } = this;
    return session.videos
      .map((_, place) => place)
      .filter((place) => !this.hiddenVideos.has(place) && map?.points[session.videos[place]!.id]);
  }

  private draw(): void {
    if (!this.visible || this.map === null) return;
    const context = prepare(this.base);
    if (context === null) return;
    this.measure(this.map);
    context.lineJoin = "round";
    for (const place of this.shownVideos) {
      const points = this.map.points[this.session.videos[place]!.id]!;
      context.strokeStyle = context.fillStyle = tint(place);
      context.globalAlpha = 0.45;
      context.lineWidth = 1.5;
      context.beginPath();
      points.forEach((_, frame) => context.lineTo(...this.pixel(place, frame)));
      context.stroke();
      context.globalAlpha = 0.9;
      points.forEach((_, frame) => {
        const [x, y] = this.pixel(place, frame);
        context.fillRect(x - 1.3, y - 1.3, 2.6, 2.6);
      });
      context.globalAlpha = 1;
      this.ends(context, place, points.length - 1);
    }
    this.mark();
  }

  /** A triangle at the first frame, a square at the last. */
  private ends(context: CanvasRenderingContext2D, place: number, last: number): void {
    const [x, y] = this.pixel(place, 0);
    context.beginPath();
    context.moveTo(x, y - 6);
    context.lineTo(x + 6, y + 5);
    context.lineTo(x - 6, y + 5);
    context.fill();
    const [u, v] = this.pixel(place, last);
    context.fillRect(u - 4.5, v - 4.5, 9, 9);
  }

  /** Draw the current frame of every video. */
  private mark(): void {
    if (!this.visible || this.map === null) return;
    const context = prepare(this.overlay);
    if (context === null) return;
    const { session } = this;
    const border = themed("text");
    for (const place of this.shownVideos) {
      const [x, y] = this.pixel(place, session.shown(place));
      context.beginPath();
      context.arc(x, y, place === session.selected ? 8 : 5.5, 0, 2 * Math.PI);
      context.fillStyle = tint(place);
      context.strokeStyle = border;
      context.lineWidth = place === session.reference ? 3 : 1.5;
      context.fill();
      context.stroke();
    }
    if (this.spot !== null) {
      context.beginPath();
      context.arc(...this.pixel(this.spot.place, this.spot.frame), 11, 0, 2 * Math.PI);
      context.strokeStyle = themed("accent");
      context.lineWidth = 3;
      context.stroke();
    }
    this.describe();
  }

  private describe(): void {
    const { session, board } = this;
    const { name, frames } = session.videos[session.selected]!;
    const frame = session.shown(session.selected);
    board.setAttribute("aria-label", "Map of all frames");
    board.setAttribute("aria-valuemin", "0");
    board.setAttribute("aria-valuemax", String(frames - 1));
    board.setAttribute("aria-valuenow", String(frame));
    board.setAttribute("aria-valuetext", `${name}, frame ${frame}`);
  }

  private hover(event: MouseEvent): void {
    if (this.map === null) return;
    const { left, top } = this.board.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    let best = REACH ** 2;
    let found: Spot | null = null;
    for (const place of this.shownVideos) {
      const pixels = this.pixels[place]!;
      for (let frame = 0; 2 * frame < pixels.length; frame++) {
        const away = (pixels[2 * frame]! - x) ** 2 + (pixels[2 * frame + 1]! - y) ** 2;
        if (away < best) {
          best = away;
          found = { place, frame };
        }
      }
    }
    this.point(found);
  }

  private point(spot: Spot | null): void {
    this.spot = spot;
    this.board.classList.toggle("on", spot !== null);
    if (spot === null) {
      if (this.map !== null) this.told.textContent = this.idle;
    } else {
      const video = this.session.videos[spot.place]!;
      void this.thumbnails.draw(this.picture, video, spot.frame);
      this.told.textContent = `${video.name}, ${video.times[spot.frame]!.toFixed(2)} s, frame ${spot.frame}`;
    }
    this.remark();
  }

  private go(): void {
    if (this.spot === null) return;
    this.session.select(this.spot.place);
    this.session.goToFrameOf(this.spot.place, this.spot.frame);
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || this.map === null) return;
    const { session } = this;
    const step = event.shiftKey ? 10 : 1;
    const moves: Record<string, number> = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const place = session.selected;
    session.goToFrameOf(place, session.shown(place) + by);
    this.point({ place, frame: session.shown(place) });
  }

  private fillLegend(): void {
    this.session.videos.forEach(({ name }, place) => {
      const box = element("input", { type: "checkbox", checked: true });
      box.addEventListener("change", () => {
        if (box.checked) this.hiddenVideos.delete(place);
        else this.hiddenVideos.add(place);
        this.redraw();
      });
      const dot = element("i", { class: "dot", "aria-hidden": true });
      dot.style.background = tint(place);
      this.legend.append(element("li", {}, element("label", {}, box, dot, name)));
    });
    if (this.session.videos.length < 3) return;
    const all = (on: boolean) => (): void => {
      this.legend.querySelectorAll("input").forEach((box) => {
        if (box.checked !== on) box.click();
      });
    };
    this.legend.before(
      element("div", { class: "row" }, button("Show all", all(true)), button("Show none", all(false))),
    );
  }
}
