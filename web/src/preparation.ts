/** Progress of the thumbnails and browser copies made in the background. */

import { DocumentError, fetchAnomalies, fetchProgress } from "./documents";
import { element } from "./elements";
import type { Grid } from "./grid";
import type { Message } from "./message";
import type { Session } from "./session";
import type { Thumbnails } from "./thumbnails";

/** Milliseconds between two requests. */
const AGAIN = 1000;
/** Maximum number of videos named in a request, as the length of an address is limited. */
const MOST = 100;

export class Preparation {
  readonly element = element("div", { class: "preparation", hidden: true });
  private readonly bar = element("progress", { "aria-label": "Preparation" });
  private readonly told = element("span", { class: "quiet" });
  private done = -1;

  constructor(
    private readonly session: Session,
    private readonly grid: Grid,
    private readonly thumbnails: Thumbnails,
    private readonly message: Message,
  ) {
    this.element.append(this.bar, this.told);
    session.on(["people"], () => void this.compare());
  }

  /** Show the progress until everything is ready. */
  follow(): void {
    void this.message.attempt(() => this.ask());
  }

  /** Request the anomaly curves until they are ready; the page is usable without them. */
  async compare(): Promise<void> {
    try {
      this.session.setAnomalies(await fetchAnomalies());
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      if (error.isComing) setTimeout(() => void this.compare(), AGAIN);
      else this.message.show(error.message);
    }
  }

  private async ask(): Promise<void> {
    const { session } = this;
    const progress = await fetchProgress(this.grid.watched.slice(0, MOST));
    const { done, of, what } = progress;
    this.element.hidden = done >= of;
    this.bar.max = Math.max(of, 1);
    this.bar.value = done;
    this.told.textContent = `${what} ${done} / ${of}`;
    if (done !== this.done) {
      this.thumbnails.announce(progress.thumbnails ?? null);
      const ready = new Set(progress.media ?? session.videos.map(({ id }) => id));
      const quick = new Set(progress.proxies ?? []);
      for (const video of session.videos) {
        video.ready = ready.has(video.id);
        video.quick = quick.has(video.id);
        video.failure = progress.failed?.[`media/${video.id}`] ?? null;
      }
      session.tell("media");
    }
    this.done = done;
    if (done < of) setTimeout(() => this.follow(), AGAIN);
  }
}
