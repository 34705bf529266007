/** Two videos' cost matrix and path: move along it, and correct wrong matches. */

import { allowed, anchorNear, withAnchor, withoutAnchor } from "./anchors";
import { themed } from "./colours";
import { drawPath, matrixPicture, scale, type Scale } from "./cost_picture";
import { costMatrix, directions } from "./distances";
import { sendAnchors, type Match } from "./documents";
import { button, choice, element, fill, prepare } from "./elements";
import { FramePicture } from "./frame_picture";
import type { Grid } from "./grid";
import type { Message } from "./message";
import { onceAFrame } from "./once_a_frame";
import type { View } from "./panel";
import type { Session } from "./session";
import type { Thumbnails } from "./thumbnails";
import { VerdictLine } from "./verdict_line";

/** Pixels around the current match within which a pointer grabs it. */
const HOLD = 16;

export class AlignmentView implements View {
  readonly id = "alignment";
  readonly title = "Alignment";
  readonly element: HTMLElement;
  private readonly matrix = element("canvas");
  private readonly overlay = element("canvas");
  private readonly board = element("div", { class: "board", tabindex: 0, role: "slider" },
    this.matrix, this.overlay);
  private readonly status = element("p", { class: "quiet", role: "status" });
  private readonly verdict: VerdictLine;
  private readonly list = element("ul", { class: "anchors", "aria-label": "Corrected matches" });
  private readonly setButton: HTMLButtonElement;
  private readonly dropButton: HTMLButtonElement;
  private readonly moveButtons: HTMLButtonElement[];
  private readonly query;
  private readonly pictures: [FramePicture, FramePicture];
  private visible = false;
  private picture: { key: string; image: HTMLCanvasElement } | null = null;
  /** A match that is being moved and has not been sent yet. */
  private moved: Match | null = null;
  private drag: "path" | "match" | null = null;
  private scale: Scale = scale(1, 1, 1, 1);
  /** A layer for the current match, above the matrix, so that the matrix is not redrawn. */
  private readonly redraw = onceAFrame(() => this.draw());
  private readonly mark = onceAFrame(() => this.drawMatch());

  constructor(
    private readonly session: Session,
    private readonly grid: Grid,
    thumbnails: Thumbnails,
    private readonly message: Message,
  ) {
    const { editable, follows_people: people } = session.collection;
    this.verdict = new VerdictLine(editable, people);
    this.query = choice("Query", [], (value) => this.choose(Number(value)));
    this.pictures = [
      new FramePicture(session, thumbnails),
      new FramePicture(session, thumbnails),
    ];
    this.setButton = button("Set this match", () => void this.commit(), { class: "main" });
    this.dropButton = button("Discard", () => this.drop());
    this.moveButtons = [
      button("Earlier", () => this.move(-1), { "aria-label": "Match an earlier frame", title: "↓" }),
      button("Later", () => this.move(1), { "aria-label": "Match a later frame", title: "↑" }),
    ];
    this.element = element(
      "section",
      { class: "view" },
      this.query.field,
      element("div", { class: "pair" }, this.pictures[0].element, this.pictures[1].element),
      this.board,
      this.status,
      this.verdict.element,
      session.collection.editable
        ? element("div", { class: "row" }, ...this.moveButtons, this.setButton, this.dropButton)
        : element(
            "p",
            { class: "notice" },
            "This page is a copy without a server, so corrected matches cannot be saved: open the " +
              "videos with inphase view to correct matches.",
          ),
      element("p", { class: "quiet" }, session.collection.editable
        ? "Drag along the line to move through both videos. To correct a wrong match, drag the " +
            "round handle up or down: the path then passes through it."
        : "Drag along the line to move through both videos."),
      this.list,
    );
    this.listen();
  }

  show(): void {
    this.visible = true;
    this.refresh();
  }

  hide(): void {
    this.visible = false;
    this.moved = null;
    for (const picture of this.pictures) picture.use(null);
  }

  private get place(): number {
    return Number(this.query.select.value);
  }

  /** Measure the board, and note how many frames lie along its sides. */
  private measure(): void {
    const { clientWidth, clientHeight } = this.board;
    const frames = this.session.videos[this.place]!.frames;
    this.scale = scale(clientWidth, clientHeight, this.session.leader.frames, frames);
  }

  private listen(): void {
    const { session, board } = this;
    session.on(["reference", "selected"], () => this.refresh());
    session.on(["alignment"], () => {
      if (this.visible && this.query.select.value) void this.load();
    });
    session.on(["theme"], this.redraw);
    session.on(["position"], () => this.position());
    new ResizeObserver(this.redraw).observe(board);
    board.addEventListener("pointerdown", (event) => this.grasp(event));
    board.addEventListener("pointermove", (event) => this.pull(event));
    board.addEventListener("pointerup", () => this.let());
    board.addEventListener("pointercancel", () => {
      this.drag = null;
      this.drop();
    });
    board.addEventListener("keydown", (event) => this.key(event));
  }

  private choose(place: number): void {
    this.drop();
    this.session.select(place);
    this.refresh();
  }

  /** Another pair. */
  private refresh(): void {
    const { session } = this;
    if (!this.visible) return;
    fill(
      this.query.select,
      session.videos
        .map(({ name }, place) => [String(place), name] as const)
        .filter((_, place) => place !== session.reference),
    );
    if (session.selected !== session.reference && session.selected !== this.place) {
      this.moved = null;
      this.query.select.value = String(session.selected);
    }
    if (this.query.select.value === "") { this.nothing(); return; }
    this.pictures[0].use(this.grid.tiles[session.reference]!);
    this.pictures[1].use(this.grid.tiles[this.place]!);
    this.measure();
    this.describe();
    void this.load();
  }

  private nothing(): void {
    this.status.textContent = "There is no other video to align with this one.";
  }

  /** What the matrix is of. */
  private get pair(): string {
    const { session, place } = this;
    const side = session.alignment(place)?.mirrored === true ? "mirrored" : "";
    return [session.reference, place, side, session.version].join("/");
  }

  private async load(): Promise<void> {
    const { session, place } = this;
    const key = this.pair;
    if (this.picture?.key !== key) {
      const loaded = await this.message.attempt(() =>
        Promise.all([session.embeddingsOf(session.reference), session.matchedEmbeddingsOf(place)]),
      );
      if (loaded === null || key !== this.pair) return;
      const dims = loaded[0].length / session.leader.frames;
      const [one, other] = session.collection.distance === "cosine"
        ? [directions(loaded[0], dims), directions(loaded[1], dims)]
        : loaded;
      this.picture = { key, image: matrixPicture(costMatrix(one, other, dims)) };
    }
    this.draw();
  }

  /** The matrix, its path and the list of anchors. */
  private draw(): void {
    const { session } = this;
    const alignment = this.visible && this.query.select.value ? session.alignment(this.place) : null;
    if (alignment === null || this.picture?.key !== this.pair) return;
    const context = prepare(this.matrix);
    if (context === null) return;
    const { clientWidth: width, clientHeight: height } = this.matrix;
    this.measure();
    context.imageSmoothingEnabled = false;
    context.drawImage(this.picture.image, 0, 0, width, height);
    drawPath(context, alignment, this.scale);
    this.fillList(alignment.anchors);
    this.verdict.show(alignment);
    this.position();
  }

  private fillList(anchors: readonly Match[]): void {
    const { session } = this;
    const items = anchors.map(([r, q]) =>
      element(
        "li",
        {},
        button(`Frame ${r} → ${q}`, () => session.goTo(r), { class: "link" }),
        button("Remove", () => void this.send(withoutAnchor(anchors, r)), {
          "aria-label": `Remove the corrected match of frame ${r}`,
          disabled: !session.collection.editable,
        }),
      ),
    );
    if (anchors.length > 1 && session.collection.editable) {
      items.push(element("li", {}, button("Remove all", () => void this.send([]))));
    }
    this.list.replaceChildren(...items);
  }

  /** Draw the current match. */
  private position(): void {
    const { session } = this;
    if (!this.visible || this.query.select.value === "") return;
    if (this.moved !== null && this.moved[0] !== session.frame) this.moved = null;
    // While playing, they are drawn when their frames arrive.
    if (!session.playing) for (const picture of this.pictures) picture.draw();
    this.tell(session.frame, session.shown(this.place));
    this.mark();
  }

  private drawMatch(): void {
    const { session } = this;
    if (!this.visible || this.query.select.value === "") return;
    const context = prepare(this.overlay);
    if (context === null) return;
    const { clientWidth: width, clientHeight: height } = this.overlay;
    const [r, q] = [session.frame, session.shown(this.place)];
    const [x, y] = [this.scale.x(r), this.scale.y(q)];
    context.strokeStyle = "#fffa";
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.arc(x, y, 8, 0, 2 * Math.PI);
    context.fillStyle = themed(this.moved === null ? "accent" : "anchor");
    context.strokeStyle = "#fff";
    context.lineWidth = 2.5;
    context.fill();
    context.stroke();
  }

  /** The board's label for screen readers, without its position. */
  private describe(): void {
    const { session, board } = this;
    const query = session.videos[this.place]!;
    board.setAttribute("aria-label", `Alignment of ${session.leader.name} and ${query.name}`);
    board.setAttribute("aria-valuemin", "0");
    board.setAttribute("aria-valuemax", String(session.leader.frames - 1));
  }

  private tell(r: number, q: number): void {
    const { session, board } = this;
    const query = session.videos[this.place]!;
    const confidence = session.alignment(this.place)?.confidence[r] ?? 0;
    const sentence = this.moved === null
      ? `Frame ${r} matches frame ${q} of ${query.name}, confidence ${confidence.toFixed(2)}.`
      : `Frame ${r} would match frame ${q} of ${query.name}; not set yet.`;
    this.status.textContent = sentence;
    board.setAttribute("aria-valuenow", String(r));
    board.setAttribute("aria-valuetext", sentence);
    this.setButton.disabled = this.dropButton.disabled = this.moved === null;
  }

  private at(event: PointerEvent): [x: number, y: number] {
    const { left, top } = this.board.getBoundingClientRect();
    return [event.clientX - left - this.board.clientLeft, event.clientY - top - this.board.clientTop];
  }

  private grasp(event: PointerEvent): void {
    if (event.button !== 0 || this.session.alignment(this.place) === null) return;
    this.board.setPointerCapture(event.pointerId);
    const { session } = this;
    const [x, y] = this.at(event);
    const away = Math.hypot(
      x - this.scale.x(session.frame),
      y - this.scale.y(session.shown(this.place)),
    );
    const reach = event.pointerType === "touch" ? HOLD * 1.6 : HOLD;
    this.drag = session.collection.editable && away <= reach ? "match" : "path";
    if (this.drag === "path") this.pull(event);
  }

  private pull(event: PointerEvent): void {
    const [x, y] = this.at(event);
    if (this.drag === "match") this.moveTo(this.scale.query(y));
    else if (this.drag === "path") this.along(x, y);
  }

  private let(): void {
    const moved = this.drag === "match" && this.moved !== null;
    this.drag = null;
    if (moved) void this.commit();
  }

  /** Go to the step of the path nearest to a point. */
  private along(x: number, y: number): void {
    const { session } = this;
    let best = Infinity;
    let match: Match | null = null;
    for (const [r, q] of session.alignment(this.place)!.path) {
      const away = (this.scale.x(r) - x) ** 2 + (this.scale.y(q) - y) ** 2;
      if (away < best) {
        best = away;
        match = [r, q];
      }
    }
    if (match === null) return;
    session.goTo(match[0]);
    if (session.shown(this.place) !== match[1]) session.pin(this.place, match[1]);
  }

  private move(frames: number): void {
    this.moveTo(this.session.shown(this.place) + frames);
  }

  private moveTo(query: number): void {
    const { session } = this;
    const anchors = session.alignment(this.place)!.anchors;
    const [least, most] = allowed(anchors, session.frame, session.videos[this.place]!.frames);
    if (least > most) {
      this.message.show("No frame is left between the neighbouring corrected matches.");
      return;
    }
    const bounded = Math.min(Math.max(query, least), most);
    this.moved = [session.frame, bounded];
    session.pin(this.place, bounded);
  }

  private drop(): void {
    this.moved = null;
    if (this.query.select.value !== "") this.session.pin(this.place, null);
  }

  private async commit(): Promise<void> {
    const { session } = this;
    if (this.moved === null) return;
    const anchors = withAnchor(
      session.alignment(this.place)!.anchors,
      ...this.moved,
      session.videos[this.place]!.frames,
    );
    if (anchors !== null) await this.send(anchors);
  }

  private async send(anchors: Match[]): Promise<void> {
    const { session, place } = this;
    const { reference } = session;
    this.board.setAttribute("aria-busy", "true");
    const before = session.alignment(place)!.anchors;
    const corrected = await this.message.attempt(() =>
      sendAnchors(session.leader.id, session.videos[place]!.id, anchors, before),
    );
    this.board.removeAttribute("aria-busy");
    this.moved = null;
    if (corrected === null || reference !== session.reference) {
      session.pin(place, null);
      return;
    }
    session.correct(place, corrected);
  }

  private key(event: KeyboardEvent): void {
    const { session } = this;
    if (event.altKey || event.ctrlKey || event.metaKey || this.query.select.value === "") return;
    const step = event.shiftKey ? 10 : 1;
    const { editable } = session.collection;
    const acts: Record<string, () => void> = {
      ArrowRight: () => session.goTo(session.frame + step),
      ArrowLeft: () => session.goTo(session.frame - step),
      Home: () => session.goTo(0),
      End: () => session.goTo(session.leader.frames - 1),
      ...(editable && {
        ArrowUp: () => this.move(step),
        ArrowDown: () => this.move(-step),
        Enter: () => void this.commit(),
        Escape: () => this.drop(),
        Delete: () => this.remove(),
        Backspace: () => this.remove(),
      }),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  private remove(): void {
    const { session } = this;
    const anchors = session.alignment(this.place)!.anchors;
    const near = anchorNear(anchors, session.frame, Math.ceil(session.leader.frames / 100));
    if (near !== null) void this.send(withoutAnchor(anchors, near[0]));
  }
}
