import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Draft } from "../core/draft";
import type { Area, PixelMask } from "../core/mask";
import { type Point, toScreen, type Viewport } from "../core/viewport";
import type { BrushShape } from "./stamp";

/** What the tools that paint share: the mask of the item, how to change it, and how they are set. */
export interface MaskScene {
  readonly mask: ReadonlySignal<PixelMask | null>;
  readonly image: ReadonlySignal<ImageBitmap | null>;
  readonly brush: { readonly size: Signal<number>; readonly shape: Signal<BrushShape> };
  /** Levels of colour, 0 to 255, by which what the wand takes may differ from where it was pressed. */
  readonly tolerance: Signal<number>;
  /** The part of the image that is seen, in whole pixels. */
  seen(): Area;
  /** Begins to paint the active class, or to take classes away; the draft is shown from now on. Null when there is nothing to paint on. */
  begin(erase: boolean): Draft | null;
  /** Shows what was painted in an area. */
  show(area: Area): void;
  /** Makes one step of what was painted, or forgets it. */
  end(keep: boolean): void;
  /** Says why nothing happens. */
  inform(message: string): void;
}

/** Draws a line that is seen on any picture. */
export function traceLine(context: CanvasRenderingContext2D, view: Viewport, points: readonly Point[], closed: boolean): void {
  context.beginPath();
  points.forEach((point, place) => {
    const { x, y } = toScreen(view, point);
    if (place === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  if (closed) context.closePath();
  strokeTwice(context);
}

/** Strokes the path: dark below, white above. */
export function strokeTwice(context: CanvasRenderingContext2D): void {
  context.lineJoin = "round";
  for (const [color, width] of [
    ["rgba(0, 0, 0, 0.7)", 3],
    ["#fff", 1.25],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }
}

/** A small square around a point. */
export function drawKnot(context: CanvasRenderingContext2D, view: Viewport, point: Point, size: number): void {
  const { x, y } = toScreen(view, point);
  context.beginPath();
  context.rect(x - size / 2, y - size / 2, size, size);
  context.fillStyle = "#fff";
  context.fill();
  context.strokeStyle = "rgba(0, 0, 0, 0.7)";
  context.lineWidth = 1;
  context.stroke();
}
