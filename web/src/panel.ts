/** The tabs next to the videos. */

import { element } from "./elements";

export interface View {
  readonly id: string;
  readonly title: string;
  readonly element: HTMLElement;
  /** Called when it becomes visible and when it is hidden. */
  show(): void;
  hide(): void;
}

export class Panel {
  readonly element: HTMLElement;
  private readonly tabs: HTMLButtonElement[];
  private open: View | null = null;

  constructor(private readonly views: readonly View[]) {
    const list = element("div", { class: "tabs", role: "tablist", "aria-label": "Views" });
    this.tabs = views.map((view, index) => {
      const tab = element(
        "button",
        { type: "button", role: "tab", id: `tab-${view.id}`, "aria-controls": `view-${view.id}` },
        view.title,
      );
      tab.addEventListener("click", () => this.choose(view.id));
      tab.addEventListener("keydown", (event) => this.key(event, index));
      return tab;
    });
    list.append(...this.tabs);
    for (const view of views) {
      view.element.id = `view-${view.id}`;
      view.element.hidden = true;
      view.element.setAttribute("role", "tabpanel");
      view.element.setAttribute("aria-labelledby", `tab-${view.id}`);
    }
    this.element = element(
      "aside",
      { class: "panel", "aria-label": "View" },
      list,
      ...views.map((view) => view.element),
    );
  }

  choose(id: string): void {
    const next = this.views.find((view) => view.id === id) ?? this.views[0]!;
    if (next === this.open) return;
    this.open?.hide();
    this.open = next;
    this.views.forEach((view, index) => {
      const chosen = view === next;
      view.element.hidden = !chosen;
      this.tabs[index]!.setAttribute("aria-selected", String(chosen));
      this.tabs[index]!.tabIndex = chosen ? 0 : -1;
    });
    next.show();
  }

  private key(event: KeyboardEvent, index: number): void {
    const count = this.tabs.length;
    const targets: Record<string, number> = {
      ArrowRight: (index + 1) % count,
      ArrowLeft: (index + count - 1) % count,
      Home: 0,
      End: count - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.tabs[target]!.focus();
    this.choose(this.views[target]!.id);
  }
}
