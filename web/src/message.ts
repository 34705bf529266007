/** Error messages: one sentence for the person. */

import { DocumentError } from "./documents";
import { button, element } from "./elements";

export class Message {
  readonly element = element("div", { class: "message", role: "alert", hidden: true });

  show(sentence: string): void {
    this.element.replaceChildren(
      element("p", {}, sentence),
      button("Close", () => (this.element.hidden = true)),
    );
    this.element.hidden = false;
  }

  /** Do something that may fail, and show the error. */
  async attempt<T>(action: () => Promise<T>): Promise<T | null> {
    try {
      const result = await action();
      return result;
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      this.show(error.message);
      return null;
    }
  }
}
