/** Two videos in one picture: overlaid, alternating, with a wipe, or their difference. */

import { choice, element, fill } from "./elements";
import type { Grid } from "./grid";
import type { View } from "./panel";
import type { Session } from "./session";

type Way = "overlay" | "blink" | "wipe" | "difference";

const WAYS = [
  ["overlay", "Overlay"],
  ["blink", "Blink"],
  ["wipe", "Wipe"],
  ["difference", "Difference"],
] as const;

export class OverlayView implements View {
  readonly id = "overlay";
  readonly title = "Overlay";
  readonly element: HTMLElement;
  private readonly canvas = element("canvas", { class: "comparison", role: "img" });
  private readonly first;
  private readonly second;
  private readonly way;
  private readonly share = element("input", {
    type: "range", min: 0, max: 100, value: 50, "aria-label": "Share of the second video",
  });
  private readonly rate = element("input", {
    type: "range", min: 0.5, max: 3, step: 0.5, value: 1, "aria-label": "Changes per second",
  });
  private readonly shareField = element("label", { class: "field" }, element("span", {}, "First ↔ second"), this.share);
  private readonly rateField = element("label", { class: "field" }, element("span", {}, "Slow ↔ fast"), this.rate);
  private readonly redraw = (): void => this.draw();
  private used: number[] = [];
  private turn: 0 | 1 = 0;
  private timer = 0;
  private visible = false;

  constructor(
    private readonly session: Session,
    private readonly grid: Grid,
  ) {
    const names = session.videos.map(({ name }, place) => [String(place), name] as const);
    this.first = choice("First", names, () => this.use());
    this.second = choice("Second", names, () => this.use());
    this.way = choice("How", WAYS, () => this.setWay());
    this.second.select.value = String(session.videos.length > 1 ? 1 : 0);
    fill(this.first.select, names);
    this.share.addEventListener("input", this.redraw);
    this.rate.addEventListener("input", () => this.setWay());
    this.element = element(
      "section",
      { class: "view" },
      element("div", { class: "row" }, this.first.field, this.second.field, this.way.field),
      this.canvas,
      element("div", { class: "row" }, this.shareField, this.rateField),
      element("p", { class: "quiet" }, "Both are drawn at the same height and at matching frames."),
    );
    session.on(["selected"], () => this.follow());
    session.on(["position", "reference", "flip", "alignment"], this.redraw);
  }

  show(): void {
    this.visible = true;
    this.first.select.value = String(this.session.reference);
    this.follow();
    this.use();
    this.setWay();
  }

  hide(): void {
    this.visible = false;
    clearInterval(this.timer);
    this.release();
    this.grid.pick(null);
  }

  /** The selected video is compared with the reference. */
  private follow(): void {
    const { session } = this;
    if (!this.visible || session.selected === Number(this.first.select.value)) return;
    this.second.select.value = String(session.selected);
    this.use();
  }

  private use(): void {
    this.release();
    this.used = [Number(this.first.select.value), Number(this.second.select.value)];
    for (const place of this.used) {
      const tile = this.grid.tiles[place]!;
      tile.users++;
      tile.settle();
      tile.media.onFrame.add(this.redraw);
    }
    this.grid.pick(this.used);
    this.draw();
  }

  private release(): void {
    for (const place of this.used) {
      const tile = this.grid.tiles[place]!;
      tile.users--;
      tile.media.onFrame.delete(this.redraw);
      tile.settle();
    }
    this.used = [];
  }

  private setWay(): void {
    const way = this.way.select.value as Way;
    this.shareField.hidden = way === "blink" || way === "difference";
    this.rateField.hidden = way !== "blink";
    clearInterval(this.timer);
    if (way === "blink" && this.visible) {
      this.timer = window.setInterval(() => {
        this.turn = this.turn === 0 ? 1 : 0;
        this.draw();
      }, 1000 / Number(this.rate.value));
    }
    this.draw();
  }

  private draw(): void {
    if (!this.visible || this.used.length < 2) return;
    const [a, b] = this.used.map((place) => this.grid.tiles[place]!.media.element);
    if (a === undefined || b === undefined || a.videoWidth === 0 || b.videoWidth === 0) return;
    const height = Math.min(Math.max(a.videoHeight, b.videoHeight), 720);
    const widths = [a, b].map((media) => (media.videoWidth * height) / media.videoHeight);
    const width = Math.round(Math.max(...widths));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const context = this.canvas.getContext("2d");
    if (context === null) return;
    context.globalCompositeOperation = "source-over";
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    const put = (index: 0 | 1): void => {
      const own = widths[index]!;
      context.save();
      if (this.session.flips(this.used[index]!)) {
        context.translate(width, 0);
        context.scale(-1, 1);
      }
      context.drawImage(index === 0 ? a : b, (width - own) / 2, 0, own, height);
      context.restore();
    };
    const way = this.way.select.value as Way;
    const share = Number(this.share.value) / 100;
    if (way === "blink") {
      put(this.turn);
    } else {
      put(0);
      context.save();
      if (way === "overlay") context.globalAlpha = share;
      if (way === "difference") context.globalCompositeOperation = "difference";
      if (way === "wipe") {
        context.beginPath();
        context.rect(width * share, 0, width, height);
        context.clip();
        context.fillRect(0, 0, width, height);
      }
      put(1);
      context.restore();
    }
    const [first, second] = this.used.map((place) => this.session.videos[place]!.name);
    this.canvas.setAttribute(
      "aria-label",
      way === "blink" ? (this.turn === 0 ? first! : second!) : `${first} and ${second}, ${way}`,
    );
  }
}
