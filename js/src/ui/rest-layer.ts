import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Size, Viewport } from "../core/viewport";
import { onFrame } from "./on-frame";

/** A painting that takes longer is not repeated for every step of a zoom or a pan. */
const SLOW_MS = 3;
/** The view has come to rest when it stayed for so long. */
const REST_MS = 90;

/**
 * A canvas whose painting may be slow: while the view moves, what is painted moves with it, and it is painted anew once the view rests.
 *
 * `paint` is tracked, but for the view, which it gets.
 */
export function restLayer(
  canvas: HTMLCanvasElement,
  size: ReadonlySignal<Size>,
  view: ReadonlySignal<Viewport>,
  paint: (view: Viewport) => void,
): () => void {
  const painted = signal(view.peek());
  let took = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  canvas.style.transformOrigin = "0 0";

  const settle = (): void => {
    painted.value = view.peek();
  };
  const stops = [
    effect(() => {
      const { x, y, zoom } = view.value;
      clearTimeout(timer);
      if (took <= SLOW_MS || size.peek().width === 0) return settle();
      const before = painted.peek();
      canvas.style.transform = `translate(${(before.x - x) * zoom}px, ${(before.y - y) * zoom}px) scale(${zoom / before.zoom})`;
      timer = setTimeout(settle, REST_MS);
    }),
    onFrame(() => {
      const before = performance.now();
      paint(painted.value);
      took = performance.now() - before;
      canvas.style.transform = "";
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
