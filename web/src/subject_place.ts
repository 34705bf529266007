/** From a point on the page to a pixel of a video. */

export interface Size {
  width: number;
  height: number;
}

/**
 * The pixel of a video under a point of the box in which it is shown as large as fits, in the
 * middle; null beside the video.
 */
export function pixelAt(
  box: Size,
  video: Size,
  point: readonly [x: number, y: number],
  flipped: boolean,
): [x: number, y: number] | null {
  const scale = Math.min(box.width / video.width, box.height / video.height);
  const x = (point[0] - (box.width - video.width * scale) / 2) / scale;
  const y = (point[1] - (box.height - video.height * scale) / 2) / scale;
  if (x < 0 || y < 0 || x >= video.width || y >= video.height) return null;
  return [flipped ? video.width - x : x, y];
}
