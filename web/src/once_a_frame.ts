/** Drawing no more often than the screen shows it. */

/** A function that has `draw` called before the next frame of the screen, however often it is called. */
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
