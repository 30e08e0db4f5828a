import { effect } from "@preact/signals";

/** Draws now, and once in the next frame after any signal that the drawing read has changed. */
export function onFrame(draw: () => void): () => void {
  let frame = 0;
  let stop: () => void = () => undefined;
  function run(): void {
    stop();
    let drawn = false;
    stop = effect(() => {
      if (!drawn) draw();
      else frame ||= requestAnimationFrame(again);
      drawn = true;
    });
  }
  function again(): void {
    frame = 0;
    run();
  }
  run();
  return () => {
    cancelAnimationFrame(frame);
    stop();
  };
}
