/** The videos side by side; only visible ones have a decoder. */

import { button, element } from "./elements";
import type { Message } from "./message";
import type { Session } from "./session";
import { Thumbnails } from "./thumbnails";
import { Tile } from "./tile";

export class Grid {
  readonly element: HTMLElement;
  readonly tiles: Tile[];
  private readonly list = element("ul", { class: "grid", "aria-label": "Videos" });
  private readonly filter = element("input", { type: "search", placeholder: "Filter by name" });
  private readonly flipButton: HTMLButtonElement;
  private readonly count = element("span", { class: "quiet", role: "status" });

  constructor(
    private readonly session: Session,
    thumbnails: Thumbnails,
    lead: (place: number) => void,
    message: Message,
  ) {
    this.tiles = session.videos.map(
      (_, place) => new Tile(session, thumbnails, place, lead, message),
    );
    this.list.append(...this.tiles.map(({ element: tile }) => tile));
    this.list.style.setProperty("--shape", String(middleShape(session)));
    const size = element("input", { type: "range", min: 110, max: 720, step: 10, value: 240 });
    size.addEventListener("input", () => {
      this.list.style.setProperty("--tile", `${size.value}px`);
    });
    this.filter.addEventListener("input", () => this.narrow());
    this.flipButton = button("Flip mirrored videos", () => session.setFlip(!session.flip), {
      "aria-pressed": false,
      title: "Show videos that are matched as seen in a mirror the same way round as the reference",
      hidden: true,
    });
    this.element = element(
      "section",
      { class: "stage", "aria-label": "Player" },
      element(
        "div",
        { class: "row" },
        element("label", { class: "field" }, element("span", {}, "Size"), size),
        element("label", { class: "field grow" }, element("span", { class: "hidden" }, "Filter"), this.filter),
        this.flipButton,
        this.count,
      ),
      this.list,
    );
    this.watch();
    session.on(["position"], () => this.tiles.forEach((tile) => tile.position()));
    session.on(["reference", "sound", "media", "playing"], () => this.tiles.forEach((tile) => tile.settle()));
    session.on(
      ["reference", "alignment", "selected", "sound", "loop", "labels", "theme", "media", "anomalies", "flip"],
      () => this.tiles.forEach((tile) => tile.refresh()),
    );
    session.on(["reference", "alignment", "flip"], () => this.offerFlip());
    this.narrow();
  }

  /** Ids of the visible videos. */
  get watched(): string[] {
    return this.tiles
      .filter(({ visible }) => visible)
      .map(({ place }) => this.session.videos[place]!.id);
  }

  /** Scroll a video into view. */
  reveal(place: number): void {
    this.tiles[place]!.element.scrollIntoView({ block: "nearest" });
  }

  private offerFlip(): void {
    const { session, flipButton } = this;
    flipButton.hidden = !session.videos.some((_, place) => session.alignment(place)?.mirrored);
    flipButton.setAttribute("aria-pressed", String(session.flip));
  }

  private narrow(): void {
    const wanted = this.filter.value.trim().toLowerCase();
    let shown = 0;
    this.tiles.forEach((tile, place) => {
      const fits = this.session.videos[place]!.name.toLowerCase().includes(wanted);
      tile.element.hidden = !fits;
      if (fits) shown++;
    });
    this.count.textContent =
      shown === this.tiles.length ? `${shown} videos` : `${shown} of ${this.tiles.length} videos`;
  }

  private watch(): void {
    const byElement = new Map(this.tiles.map((tile) => [tile.element, tile]));
    const seen = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const tile = byElement.get(target as HTMLElement)!;
          tile.visible = isIntersecting;
          tile.settle();
          if (isIntersecting) {
            tile.position();
            tile.refresh();
          }
        }
      },
      { rootMargin: "120px" },
    );
    const sized = new ResizeObserver(() => {
      for (const tile of this.tiles) if (tile.visible) tile.refresh();
    });
    this.tiles.forEach((tile) => seen.observe(tile.element));
    sized.observe(this.list);
  }
}

/** The median aspect ratio of all videos: most fit without bars. */
function middleShape(session: Session): number {
  const shapes = session.videos.map(({ width, height }) => width / height).sort((a, b) => a - b);
  return Math.min(Math.max(shapes[shapes.length >> 1] ?? 4 / 3, 0.6), 2);
}
