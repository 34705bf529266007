/** What is still being made in the background: thumbnails, and copies that browsers can play. */

import { DocumentError, fetchCollection, fetchProgress } from "./documents";
import { element } from "./elements";
import type { Message } from "./message";
import type { Session } from "./session";

/** Milliseconds between two questions. */
const AGAIN = 1000;

export class Preparation {
  readonly element = element("div", { class: "preparation", hidden: true });
  private readonly bar = element("progress", { "aria-label": "Being prepared" });
  private readonly told = element("span", { class: "quiet" });
  private done = -1;

  constructor(
    private readonly session: Session,
    private readonly message: Message,
  ) {
    this.element.append(this.bar, this.told);
  }

  /** Show how far it is until all is there. */
  follow(): void {
    void this.message.attempt(() => this.ask());
  }

  private async ask(): Promise<void> {
    const { session } = this;
    const { done, of, what } = await fetchProgress();
    this.element.hidden = done >= of;
    this.bar.max = Math.max(of, 1);
    this.bar.value = done;
    this.told.textContent = `${what} ${done} / ${of}`;
    const waits = session.videos.some(({ ready }) => !ready);
    if (done !== this.done && this.done >= 0) await this.renew(waits);
    this.done = done;
    if (done < of) setTimeout(() => void this.again(), AGAIN);
    else if (waits) await this.renew(true);
  }

  private async again(): Promise<void> {
    try {
      await this.ask();
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      this.message.show(error.message);
    }
  }

  private async renew(waits: boolean): Promise<void> {
    const { session } = this;
    if (waits) {
      const fresh = await fetchCollection();
      const ready = new Map(fresh.videos.map((video) => [video.id, video.ready]));
      for (const video of session.videos) video.ready = ready.get(video.id) ?? video.ready;
    }
    session.tell("media");
  }
}
