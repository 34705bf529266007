/** Building elements: text is always text, so that no file name can become markup. */

type Child = Node | string | null;
type Attributes = Record<string, string | number | boolean>;

/** An element with attributes (true: present, false: left out) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  kind: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A button with an action. */
export function button(
  text: string,
  action: (event: MouseEvent) => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", action);
  return made;
}

let named = 0;

/** A select preceded by its label. */
export function choice(
  name: string,
  options: readonly (readonly [value: string, text: string])[],
  action: (value: string) => void,
): { field: HTMLElement; select: HTMLSelectElement } {
  // A label around the select would include the options' text in its name.
  const id = `choice-${++named}`;
  const select = element("select", { id });
  fill(select, options);
  select.addEventListener("change", () => action(select.value));
  const label = element("label", { for: id }, name);
  return { field: element("div", { class: "field" }, label, select), select };
}

/** Replace the options of a select, keeping the selected one if it still exists. */
export function fill(
  select: HTMLSelectElement,
  options: readonly (readonly [value: string, text: string])[],
): void {
  const chosen = select.value;
  select.replaceChildren(...options.map(([value, text]) => element("option", { value }, text)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

/** Whether a canvas has a size and can be drawn; its drawing unit is then one CSS pixel. */
export function prepare(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0 || height === 0) return null;
  const ratio = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}
