import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Rectangle } from "../core/rectangle";
import type { LoadedItem, Picture } from "../core/task";
import { type Point, pan, type Size, seenOf, toImage, type Viewport, viewOf, wholeOf, zoomAt } from "../core/viewport";
import type { StageTool } from "../tools/tool";
import { listen } from "./gestures";
import { onFrame } from "./on-frame";
import { restLayer } from "./rest-layer";

const CHECKER_PX = 8;

export interface ImageStageOptions {
  item: ReadonlySignal<LoadedItem<unknown, ImageBitmap> | null>;
  tool: ReadonlySignal<StageTool>;
  /** Paints a layer between the image and what lies over it, on a canvas of its own; tracked as `paint` is. */
  layer?(canvas: HTMLCanvasElement, view: Viewport, size: Size, ratio: number): void;
  /** Paints what lies over the image and changes seldom, on a canvas of its own; tracked as `paint` is. */
  rest?(context: CanvasRenderingContext2D, view: Viewport, size: Size): void;
  /** Paints what lies over the image; tracked, so it runs again when a signal that it read changes. */
  paint(context: CanvasRenderingContext2D, view: Viewport): void;
}

export interface ImageStage {
  readonly view: ReadonlySignal<Viewport>;
  readonly picture: Picture;
  fit(): void;
  zoomBy(factor: number): void;
  /** Shows a part of the image, with something around it. */
  look(area: Rectangle): void;
  /** The part of the image that is seen. */
  seen(): Rectangle;
  /** The middle of what is seen, in image pixels. */
  middle(): Point;
  /** Paints the overlay again, for what no signal tells. */
  repaint(): void;
}

/** An image with zoom and pan, and a layer over it on which tools draw. */
export function createImageStage(element: HTMLElement, { item, tool, layer, rest, paint }: ImageStageOptions, life: AbortSignal): ImageStage {
  const picture = addCanvas(element);
  const between = layer && addCanvas(element);
  const resting = rest && addCanvas(element);
  const overlay = addCanvas(element);
  const size = signal<Size>({ width: 0, height: 0 });
  const view = signal<Viewport>({ x: 0, y: 0, zoom: 1 });
  const strokes = signal(0);
  const ratio = screenRatio(life);
  const adjusted: Picture = { brightness: signal(1), contrast: signal(1), smooth: signal(true) };
  const image = computed<Size>(() => ({ width: item.value?.view.width ?? 1, height: item.value?.view.height ?? 1 }));

  // ---- what is seen

  let fitted: number | null = null;
  function showAll(): void {
    if (size.value.width > 0) view.value = wholeOf(image.peek(), size.peek());
  }

  const observer = new ResizeObserver(([entry]) => {
    const box = entry?.contentRect;
    if (!box || box.width === 0) return;
    const before = { view: view.peek(), size: size.peek() };
    size.value = { width: box.width, height: box.height };
    const whole = before.size.width === 0 || same(before.view, wholeOf(image.peek(), before.size));
    if (whole) showAll();
    else view.value = keepMiddle(before.view, before.size, size.peek());
  });
  observer.observe(element);

  const stops = [
    () => observer.disconnect(),
    effect(() => {
      const shown = item.value?.view.id ?? null;
      if (shown !== fitted && size.value.width > 0) {
        fitted = shown;
        showAll();
      }
    }),
    effect(() => {
      element.dataset["x"] = String(view.value.x);
      element.dataset["y"] = String(view.value.y);
      element.dataset["zoom"] = String(view.value.zoom);
    }),
    onFrame(() => {
      const context = prepare(picture, size.value, ratio.value);
      const media = item.value?.media;
      if (context && media) drawImage(context, media, image.value, view.value, size.value, adjusted.smooth.value);
    }),
    effect(() => {
      const { brightness, contrast } = adjusted;
      // The compositor's work: the picture is not drawn again.
      picture.style.filter = brightness.value === 1 && contrast.value === 1 ? "" : `brightness(${brightness.value}) contrast(${contrast.value})`;
    }),
    onFrame(() => {
      if (between && size.value.width > 0) layer?.(between, view.value, size.value, ratio.value);
    }),
    ...(resting && rest
      ? [
          restLayer(resting, size, view, (view) => {
            const context = prepare(resting, size.value, ratio.value);
            if (context && item.value?.media) rest(context, view, size.value);
          }),
        ]
      : []),
    onFrame(() => {
      strokes.value;
      const context = prepare(overlay, size.value, ratio.value);
      if (!context || !item.value?.media) return;
      paint(context, view.value);
      tool.value.draw(context, view.value);
    }),
  ];
  life.addEventListener("abort", () => {
    for (const stop of stops) stop();
  });

  const repaint = () => {
    strokes.value = strokes.peek() + 1;
  };

  const zoom = (factor: number, at: Point): void => {
    view.value = zoomAt(view.peek(), at, factor, image.peek(), size.peek());
  };
  const moveBy = (by: Point): void => {
    view.value = pan(view.peek(), by, image.peek(), size.peek());
  };
  listen(element, { tool, ready: () => item.peek()?.media != null, view: () => view.peek(), zoom, moveBy, repaint }, life);

  const stageMiddle = (): Point => ({ x: size.peek().width / 2, y: size.peek().height / 2 });
  return {
    view,
    picture: adjusted,
    fit: showAll,
    zoomBy: (factor) => zoom(factor, stageMiddle()),
    look(area) {
      view.value = viewOf(area, image.peek(), size.peek());
    },
    seen: () => seenOf(view.peek(), size.peek(), image.peek()),
    middle: () => toImage(view.peek(), stageMiddle()),
    repaint,
  };
}

function addCanvas(element: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  element.append(canvas);
  return canvas;
}

/** Screen pixels for one pixel of the page: it changes with the browser's zoom, and when a window is moved to another screen. */
function screenRatio(life: AbortSignal): ReadonlySignal<number> {
  const ratio = signal(globalThis.devicePixelRatio || 1);
  const watch = () => {
    const same = globalThis.matchMedia?.(`(resolution: ${ratio.peek()}dppx)`);
    const update = () => {
      ratio.value = globalThis.devicePixelRatio;
      watch();
    };
    same?.addEventListener("change", update, { signal: life, once: true });
  };
  watch();
  return ratio;
}

/** Gives a clean canvas of the stage's size in the screen's own pixels. */
function prepare(canvas: HTMLCanvasElement, size: Size, ratio: number): CanvasRenderingContext2D | null {
  const width = Math.round(size.width * ratio);
  const height = Math.round(size.height * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, size.width, size.height);
  return context;
}

let checkered: CanvasPattern | null = null;

/** What is seen through an image where it is transparent, in any theme. */
function checkers(context: CanvasRenderingContext2D): CanvasPattern | null {
  if (checkered) return checkered;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 2 * CHECKER_PX;
  const paint = tile.getContext("2d");
  if (!paint) return null;
  paint.fillStyle = "#ffffff";
  paint.fillRect(0, 0, tile.width, tile.height);
  paint.fillStyle = "#dcdcdc";
  paint.fillRect(0, 0, CHECKER_PX, CHECKER_PX);
  paint.fillRect(CHECKER_PX, CHECKER_PX, CHECKER_PX, CHECKER_PX);
  checkered = context.createPattern(tile, "repeat");
  return checkered;
}

/** Draws what is seen of an image, of which `media` may be a smaller picture. */
function drawImage(context: CanvasRenderingContext2D, media: ImageBitmap, image: Size, view: Viewport, size: Size, smooth: boolean): void {
  const { width, height } = media;
  const [across, down] = [width / image.width, height / image.height];
  // Pixels are shown as squares once they are large enough to be aimed at.
  context.imageSmoothingEnabled = (smooth && view.zoom < 3) || across < 1;
  context.imageSmoothingQuality = "medium";
  const seen = seenOf(view, size, image);
  if (seen.width <= 0 || seen.height <= 0) return;
  const [left, top] = [(seen.left - view.x) * view.zoom, (seen.top - view.y) * view.zoom];
  const ground = checkers(context);
  if (ground) {
    context.fillStyle = ground;
    context.fillRect(left, top, seen.width * view.zoom, seen.height * view.zoom);
  }
  const from = [seen.left * across, seen.top * down, seen.width * across, seen.height * down] as const;
  context.drawImage(media, ...from, left, top, seen.width * view.zoom, seen.height * view.zoom);
}

function same(one: Viewport, other: Viewport): boolean {
  return Math.abs(one.zoom / other.zoom - 1) < 1e-6 && Math.abs(one.x - other.x) < 0.5 && Math.abs(one.y - other.y) < 0.5;
}

function keepMiddle(view: Viewport, before: Size, after: Size): Viewport {
  return { ...view, x: view.x + (before.width - after.width) / 2 / view.zoom, y: view.y + (before.height - after.height) / 2 / view.zoom };
}
