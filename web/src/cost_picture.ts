/** The cost matrix of two videos as a picture, with its path and anchors. */

import { themed, viridis } from "./colours";
import type { CostMatrix } from "./distances";
import type { Alignment } from "./documents";

/** Frames to pixels: the reference runs to the right, the query upwards. */
export interface Scale {
  x(reference: number): number;
  y(query: number): number;
  reference(x: number): number;
  query(y: number): number;
}

export function scale(width: number, height: number, rows: number, columns: number): Scale {
  return {
    x: (frame) => ((frame + 0.5) / rows) * width,
    y: (frame) => height - ((frame + 0.5) / columns) * height,
    reference: (x) => Math.min(Math.max(Math.floor((x / width) * rows), 0), rows - 1),
    query: (y) => Math.min(Math.max(Math.floor((1 - y / height) * columns), 0), columns - 1),
  };
}

/** One pixel per pair of frames; near pairs are dark, far ones bright. */
export function matrixPicture(matrix: CostMatrix): HTMLCanvasElement {
  const { rows, columns, values } = matrix;
  const picture = document.createElement("canvas");
  picture.width = rows;
  picture.height = columns;
  const context = picture.getContext("2d");
  if (context === null) return picture;
  const image = context.createImageData(rows, columns);
  // A few far pairs would make all others dark, and no two videos come close to 0.
  const sorted = Float32Array.from(values, Math.sqrt).sort();
  const least = sorted[Math.floor((sorted.length - 1) * 0.005)]!;
  const span = sorted[Math.floor((sorted.length - 1) * 0.98)]! - least || 1;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [red, green, blue] = viridis(
        (Math.sqrt(values[row * columns + column]!) - least) / span,
      );
      const at = ((columns - 1 - column) * rows + row) * 4;
      image.data.set([red, green, blue, 255], at);
    }
  }
  context.putImageData(image, 0, 0);
  return picture;
}

export function drawPath(
  context: CanvasRenderingContext2D,
  alignment: Alignment,
  to: Scale,
): void {
  const path = new Path2D();
  alignment.path.forEach(([r, q], index) => {
    if (index === 0) path.moveTo(to.x(r), to.y(q));
    else path.lineTo(to.x(r), to.y(q));
  });
  context.lineJoin = "round";
  for (const [width, colour] of [[4.5, "#0009"], [2, "#fff"]] as const) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
  for (const [r, q] of alignment.anchors) {
    context.beginPath();
    context.rect(to.x(r) - 5, to.y(q) - 5, 10, 10);
    context.fillStyle = themed("anchor");
    context.strokeStyle = "#fff";
    context.fill();
    context.stroke();
  }
}
