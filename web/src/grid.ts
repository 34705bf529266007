/** The videos side by side; only visible ones have a decoder. */

import { button, element } from "./elements";
import { fit, type Room } from "./fit";
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
  private readonly size = element("input", { type: "range", min: 110, max: 720, step: 10 });
  private readonly fitButton: HTMLButtonElement;
  private readonly shape: number;
  private fits = true;
  private width = 0;

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
    this.shape = middleShape(session);
    this.list.style.setProperty("--shape", String(this.shape));
    this.size.addEventListener("input", () => {
      this.setFit(false);
      this.list.style.setProperty("--tile", `${this.size.value}px`);
    });
    this.fitButton = button("Fit", () => this.setFit(true), {
      "aria-pressed": true,
      title: "Make the videos as large as the window allows",
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
        element("label", { class: "field" }, element("span", {}, "Size"), this.size),
        this.fitButton,
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

  /** On a narrow screen, show only these videos, beside each other; null for all. */
  pick(chosen: readonly number[] | null): void {
    this.list.classList.toggle("paired", chosen !== null);
    this.tiles.forEach(({ element: tile }, place) => {
      tile.classList.toggle("aside", chosen !== null && !chosen.includes(place));
    });
    this.arrange();
  }

  /** Make the pictures as large as the window allows, unless a person has chosen their size. */
  arrange(): void {
    const shown = this.tiles.filter(({ element: tile }) => tile.offsetParent !== null);
    if (!this.fits || shown.length === 0) return;
    // Narrower captions may wrap, and then need more height.
    for (let pass = 0; pass < 2; pass++) {
      const { columns, width } = fit(shown.length, this.shape, this.room(shown));
      this.list.style.gridTemplateColumns = `repeat(${columns}, ${width}px)`;
      this.size.value = String(width);
    }
  }

  private setFit(fits: boolean): void {
    this.fits = fits;
    this.fitButton.setAttribute("aria-pressed", String(fits));
    if (fits) this.arrange();
    else this.list.style.gridTemplateColumns = "";
  }

  private room(shown: readonly Tile[]): Room {
    const around = this.list.getBoundingClientRect();
    const gap = parseFloat(getComputedStyle(this.list).columnGap) || 0;
    const bar = document.querySelector<HTMLElement>("#playback")?.offsetHeight ?? 0;
    const below = bar + 2 * gap;
    const half = this.list.classList.contains("paired") && isNarrow() ? 0.5 : 1;
    return {
      width: around.width,
      height: half * (window.innerHeight - (around.top + window.scrollY) - below),
      gap,
      words: Math.max(...shown.map((tile) => tile.wordsHeight)),
    };
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
    this.arrange();
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
      // The height follows from the width.
      if (this.list.clientWidth !== this.width) {
        this.width = this.list.clientWidth;
        this.arrange();
      }
      for (const tile of this.tiles) if (tile.visible) tile.refresh();
    });
    this.tiles.forEach((tile) => seen.observe(tile.element));
    sized.observe(this.list);
    window.addEventListener("resize", () => this.arrange());
  }
}

/** Whether the panel lies below the videos, as in style.css. */
function isNarrow(): boolean {
  return window.matchMedia("(max-width: 60rem)").matches;
}

/** The median aspect ratio of all videos: most fit without bars. */
function middleShape(session: Session): number {
  const shapes = session.videos.map(({ width, height }) => width / height).sort((a, b) => a - b);
  return Math.min(Math.max(shapes[shapes.length >> 1] ?? 4 / 3, 0.6), 2);
}
