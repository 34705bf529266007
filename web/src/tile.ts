/** One video on the page: its picture, timeline, name and buttons. */

import { tint } from "./colours";
import { DoubtStrip } from "./doubt_strip";
import { button, element } from "./elements";
import { Media } from "./media";
import type { Message } from "./message";
import type { Session } from "./session";
import { SubjectPicker } from "./subject_picker";
import type { Thumbnails } from "./thumbnails";
import { Timeline } from "./timeline";

export class Tile {
  readonly element: HTMLElement;
  readonly media: Media;
  /** Whether it is visible, so that its video needs a decoder. */
  visible = false;
  /** Number of panels that draw from its video, visible or not. */
  users = 0;

  private readonly still = element("canvas", { class: "still", "aria-hidden": true });
  private readonly note = element("p", { class: "note", hidden: true });
  private readonly told = element("span", { class: "told" });
  private readonly tags = element("span", { class: "tags", hidden: true });
  private readonly timeline: Timeline;
  private readonly doubt: DoubtStrip;
  private readonly leadButton: HTMLButtonElement;
  private readonly soundButton: HTMLButtonElement;
  private failed = false;

  constructor(
    private readonly session: Session,
    private readonly thumbnails: Thumbnails,
    readonly place: number,
    lead: (place: number) => void,
    message: Message,
  ) {
    const video = session.videos[place]!;
    this.media = new Media(video);
    this.media.onFailure = (sentence) => {
      this.failed = true;
      this.say(sentence);
    };
    this.media.onFrame.add(() => {
      this.element.dataset.presented = String(this.media.presented);
      this.element.dataset.quick = String(this.media.isQuick);
    });
    this.timeline = new Timeline(session, place);
    this.doubt = new DoubtStrip(session, place);
    const picker = new SubjectPicker(
      session, place, message, () => this.media.presented ?? session.shown(place),
    );
    this.leadButton = button("Reference", () => lead(place), { "aria-pressed": false });
    this.leadButton.setAttribute("aria-label", `Make ${video.name} the reference`);
    this.soundButton = button("Sound", () => session.hear(session.sound === place ? null : place), {
      "aria-pressed": false,
      "aria-label": `Hear ${video.name}`,
      hidden: !video.has_sound,
    });
    const dot = element("i", { class: "dot", "aria-hidden": true });
    dot.style.background = tint(place);
    this.element = element(
      "li",
      { class: "tile", "data-video": video.id },
      element("div", { class: "picture" }, this.still, this.media.element, this.note, picker.element),
      this.timeline.element,
      this.doubt.element,
      element(
        "div",
        { class: "caption" },
        element("h3", { title: video.name }, dot, video.name),
        this.tags,
        element(
          "div",
          { class: "line" },
          this.told,
          element("div", { class: "group" }, this.leadButton, this.soundButton, picker.button),
        ),
        picker.chosen,
      ),
    );
    const choose = (): void => session.select(place);
    this.element.addEventListener("pointerdown", choose);
    this.element.addEventListener("focusin", choose);
  }

  /** Height of everything but the picture. */
  get wordsHeight(): number {
    return this.element.offsetHeight - (this.element.firstElementChild as HTMLElement).offsetHeight;
  }

  /** Mount the best file while it is needed; otherwise release its decoder. */
  settle(): void {
    const video = this.session.videos[this.place]!;
    const leading = this.place === this.session.reference || this.place === this.session.sound;
    const useful = this.visible || this.users > 0 || leading;
    if (typeof video.failure === "string") this.say(video.failure);
    else if (!video.ready) this.say("Making a copy that browsers can play …");
    else if (!this.failed) this.say(null);
    // Nothing changes while it plays.
    if (this.media.isOutdated && !this.session.playing) {
      this.poster();
      this.media.unmount();
      delete this.element.dataset.presented;
    }
    if (useful && video.ready && !this.media.isMounted) {
      this.media.mount();
      void this.media.show(this.session.shown(this.place));
    } else if (!useful && this.media.isMounted) {
      this.media.unmount();
      delete this.element.dataset.presented;
      this.poster();
    }
    if (!this.media.isReady && this.visible) this.poster();
  }

  /** Follow the session's position. While playing, the player moves the video itself. */
  position(): void {
    const { session, place } = this;
    const frame = session.shown(place);
    if (!session.playing) {
      void this.media.show(frame);
      if (!this.media.isReady && this.visible) this.poster();
    }
    this.element.dataset.frame = String(frame);
    if (!this.visible) return;
    this.timeline.move();
    this.element.classList.toggle("unmatched", session.unmatched(place));
    const seconds = session.videos[place]!.times[frame]!.toFixed(2);
    const confidence = session.alignment(place)?.confidence[session.frame];
    this.told.textContent =
      `${seconds} s · ${frame}` +
      (confidence === undefined ? "" : ` · ${Math.round(confidence * 100)} %`);
    this.told.title =
      `Frame ${frame}` +
      (confidence === undefined ? "" : `; confidence of the match ${confidence.toFixed(2)}`);
  }

  /** Follow everything else. */
  refresh(): void {
    const { session, place } = this;
    const leading = place === session.reference;
    this.element.classList.toggle("leading", leading);
    this.element.classList.toggle("selected", place === session.selected);
    this.element.classList.toggle("ready", this.media.isReady);
    this.leadButton.setAttribute("aria-pressed", String(leading));
    this.soundButton.setAttribute("aria-pressed", String(session.sound === place));
    this.media.element.muted = session.sound !== place;
    this.element.classList.toggle("flipped", session.flips(place));
    const alignment = session.alignment(place);
    const tags = [
      ...(alignment?.reliable === false ? ["unreliable"] : []),
      ...(alignment?.mirrored === true ? ["mirrored"] : []),
    ];
    this.tags.hidden = tags.length === 0;
    this.tags.replaceChildren(...tags.map((tag) => element("span", { class: tag }, tag)));
    if (!this.visible) return;
    this.timeline.draw();
    this.doubt.draw();
  }

  private poster(): void {
    const { session, place } = this;
    void this.thumbnails.draw(this.still, session.videos[place]!, session.shown(place));
  }

  private say(sentence: string | null): void {
    this.note.hidden = sentence === null;
    this.note.textContent = sentence ?? "";
  }
}
