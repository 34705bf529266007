/** Draw at most once per frame of the screen. */

/** A function that calls `draw` once before the next screen frame, however often it is called. */
export function onceAFrame(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
