/** How far a match can be trusted, in words. */

import type { Alignment } from "./documents";
import { element } from "./elements";

const HELP = "It helps to set a few matches that you are sure of.";
const PEOPLE = "If the wrong person is followed, choose another one with “Follow …” under the video.";

export class VerdictLine {
  readonly element = element("p", { class: "verdict", role: "status" });

  /** `editable`: whether matches can be set; `people`: whether a person can be chosen. */
  constructor(
    private readonly editable: boolean,
    private readonly people: boolean,
  ) {}

  show({ verdict, reliable, mirrored }: Alignment): void {
    const sentences = [verdict];
    if (mirrored) sentences.push("Matched as seen in a mirror.");
    if (!reliable && this.editable) sentences.push(HELP);
    if (!reliable && this.people) sentences.push(PEOPLE);
    const told = sentences.map((one) => (one.endsWith(".") ? one : `${one}.`)).join(" ");
    // A status that is written again is read out again.
    if (this.element.textContent !== told) this.element.textContent = told;
    this.element.classList.toggle("bad", !reliable);
  }
}
