/** Key events: mark them on one video, transfer them to all, correct, save. */

import { tint } from "./colours";
import { DocumentError, fetchLabelsFile, sendLabels } from "./documents";
import type { Labels, LabelsFile } from "./documents";
import { button, choice, element } from "./elements";
import {
  labelsFile,
  labelsOf,
  marked,
  outOfOrder,
  transferred,
  withEvent,
  withoutEvent,
  wrongName,
} from "./event_labels";
import type { Grid } from "./grid";
import type { Message } from "./message";
import type { View } from "./panel";
import type { Session } from "./session";

export class LabelsView implements View {
  readonly id = "labels";
  readonly title = "Labels";
  readonly element: HTMLElement;
  private readonly marks = element("ul", { class: "marks", "aria-label": "Key events" });
  private readonly table = element("table", { class: "events" });
  private readonly status = element("p", { class: "quiet", role: "status" });
  private readonly saveButton: HTMLButtonElement;
  private readonly onto;
  private visible = false;

  constructor(
    private readonly session: Session,
    private readonly grid: Grid,
    private readonly message: Message,
  ) {
    const names = session.videos.map(({ name }, place) => [String(place), name] as const);
    this.onto = choice("Mark on", names, (value) => session.select(Number(value)));
    this.saveButton = button("Save", () => void this.save(), { class: "main" });
    const { editable } = session.collection;
    this.element = element(
      "section",
      { class: "view" },
      this.onto.field,
      this.marks,
      this.adding(),
      element(
        "div",
        { class: "row" },
        button("Transfer to all videos", () => void this.transfer()),
        ...(editable ? [this.saveButton] : []),
        button("Download labels.json", () => void this.download()),
      ),
      editable
        ? null
        : element(
            "p",
            { class: "notice" },
            "This page is a copy without a server, so labels cannot be saved here: download " +
              "labels.json before you close it.",
          ),
      this.status,
      element("div", { class: "scroll" }, this.table),
    );
    session.on(["labels", "selected"], () => this.refresh());
    session.on(["position"], () => this.here());
    window.addEventListener("beforeunload", (event) => {
      if (session.unsaved) event.preventDefault();
    });
  }

  show(): void {
    this.visible = true;
    this.refresh();
  }

  hide(): void {
    this.visible = false;
  }

  /** Mark a key event on the selected video at its current frame. */
  mark(index: number): void {
    const { session } = this;
    const event = session.labels.events[index];
    if (event === undefined) return;
    const video = session.videos[session.selected]!;
    const frame = session.shown(session.selected);
    session.setLabels(marked(session.labels, video.id, event, frame));
    this.status.textContent = `Marked ${event} of ${video.name} at frame ${frame}.`;
  }

  private adding(): HTMLElement {
    const name = element("input", { type: "text", placeholder: "New key event", "aria-label": "Name of a new key event" });
    const form = element("form", { class: "row" }, name, element("button", { type: "submit" }, "Add"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = wrongName(this.session.labels, name.value);
      if (wrong !== null) { this.message.show(wrong); return; }
      this.session.setLabels(withEvent(this.session.labels, name.value));
      name.value = "";
    });
    return form;
  }

  private refresh(): void {
    const { session } = this;
    if (!this.visible) return;
    this.onto.select.value = String(session.selected);
    this.saveButton.disabled = !session.unsaved;
    this.saveButton.textContent = session.unsaved ? "Save" : "Saved";
    const video = session.videos[session.selected]!;
    this.marks.replaceChildren(
      ...session.labels.events.map((event, index) => this.event(event, index, video.id)),
    );
    this.fillTable();
    this.here();
  }

  private event(event: string, index: number, id: string): HTMLLIElement {
    const { session } = this;
    const frame = session.labels.videos[id]?.[event];
    const dot = element("i", { class: "dot", "aria-hidden": true });
    dot.style.background = tint(index);
    const nudge = (by: number): void => {
      const video = session.videos[session.selected]!;
      const moved = Math.min(Math.max((frame ?? 0) + by, 0), video.frames - 1);
      session.setLabels(marked(session.labels, id, event, moved));
      session.goToFrameOf(session.selected, moved);
    };
    return element(
      "li",
      {},
      button(index < 9 ? `Mark (${index + 1})` : "Mark", () => this.mark(index), {
        "aria-label": `Mark ${event} at the frame shown`,
      }),
      element("span", { class: "grow name" }, dot, event),
      ...(frame === undefined
        ? [element("span", { class: "quiet" }, "not marked")]
        : [
            button("−", () => nudge(-1), { "aria-label": `${event} one frame earlier` }),
            button(String(frame), () => session.goToFrameOf(session.selected, frame), {
              class: "link",
              "aria-label": `Go to ${event}, frame ${frame}`,
            }),
            button("+", () => nudge(1), { "aria-label": `${event} one frame later` }),
            button("Clear", () => session.setLabels(marked(session.labels, id, event, null)), {
              "aria-label": `Clear ${event} of this video`,
            }),
          ]),
      button("×", () => this.removeEvent(event), {
        title: `Remove ${event} from all videos`,
        "aria-label": `Remove ${event} from all videos`,
      }),
    );
  }

  private removeEvent(event: string): void {
    const { session } = this;
    const used = Object.values(session.labels.videos).some((events) => events[event] !== undefined);
    if (used && !window.confirm(`Remove ${event} and its marks from all videos?`)) return;
    session.setLabels(withoutEvent(session.labels, event));
  }

  private fillTable(): void {
    const { session } = this;
    const { events, videos } = session.labels;
    const head = element("tr", {}, element("th", { scope: "col" }, "Video"));
    head.append(...events.map((event) => element("th", { scope: "col" }, event)));
    const rows = session.videos.map(({ id, name }, place) => {
      const row = element("tr", { "data-place": place }, element("th", { scope: "row" }, name));
      const wrong = new Set(outOfOrder(session.labels, id));
      row.classList.toggle("selected", place === session.selected);
      for (const event of events) {
        const frame = videos[id]?.[event];
        const cell = element("td");
        if (frame === undefined) cell.textContent = "–";
        else {
          cell.append(
            button(wrong.has(event) ? `${frame} !` : String(frame), () => {
              session.select(place);
              session.goToFrameOf(place, frame);
              this.grid.reveal(place);
            }, {
              class: "link",
              "data-frame": frame,
              "aria-label": `Go to ${event} of ${name}, frame ${frame}` +
                (wrong.has(event) ? ", out of order" : ""),
            }),
          );
        }
        row.append(cell);
      }
      return row;
    });
    this.table.replaceChildren(
      element("caption", {}, "Frames of the key events"),
      element("thead", {}, head),
      element("tbody", {}, ...rows),
    );
  }

  /** Highlight the marks at the frames shown. */
  private here(): void {
    if (!this.visible) return;
    for (const row of this.table.tBodies[0]?.rows ?? []) {
      const frame = this.session.shown(Number(row.dataset.place));
      row.querySelectorAll("button").forEach((mark) => {
        mark.classList.toggle("here", Number(mark.dataset.frame) === frame);
      });
    }
  }

  private async transfer(): Promise<void> {
    const { session } = this;
    const source = session.selected;
    const video = session.videos[source]!;
    if (Object.keys(session.labels.videos[video.id] ?? {}).length === 0) {
      this.message.show(`${video.name} has no key events yet: mark one first.`);
      return;
    }
    const alignments = await this.message.attempt(() => session.alignmentsOf(source));
    if (alignments === null) return;
    session.setLabels(transferred(session.labels, alignments));
    this.status.textContent = `Transferred the key events of ${video.name} to all videos: please check them.`;
  }

  /** Ask before marks that another window has saved meanwhile are replaced. */
  private async send(labels: Labels): Promise<LabelsFile> {
    const before = this.session.savedLabels;
    try {
      return await sendLabels(labels, before, false);
    } catch (error) {
      if (!(error instanceof DocumentError) || error.status !== 409) throw error;
      if (!window.confirm(`${error.message} Replace them by the marks of this window?`)) throw error;
      return await sendLabels(labels, before, true);
    }
  }

  private async save(): Promise<boolean> {
    const { session } = this;
    const sent = session.labels;
    const saved = await this.message.attempt(() => this.send(sent));
    if (saved === null) return false;
    // Marks made while saving are not saved yet.
    const more = session.labels !== sent;
    session.savedLabels = more ? sent : labelsOf(saved, session.videos);
    session.setLabels(more ? session.labels : session.savedLabels, more);
    this.status.textContent = "Saved in labels.json.";
    return true;
  }

  /** With a server, save first and download its file; without one, make the file here. */
  private async download(): Promise<void> {
    const { session } = this;
    const { editable } = session.collection;
    if (editable && session.unsaved && !(await this.save())) return;
    const known = await this.message.attempt(() => fetchLabelsFile());
    if (known === null) return;
    const file = editable ? known : labelsFile(known, session.labels, session.videos);
    const blob = new Blob([JSON.stringify(file, null, 1) + "\n"], { type: "application/json" });
    const address = URL.createObjectURL(blob);
    element("a", { href: address, download: "labels.json" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    if (!editable) session.setLabels(session.labels, false);
  }
}
