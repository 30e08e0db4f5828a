import type { Handle, Rectangle } from "./rectangle";
import type { Point, Size } from "./viewport";

/** Lines to which edges are drawn: those of the image and of other rectangles. */
export interface Guides {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export function guidesOf(image: Size, rectangles: readonly Rectangle[]): Guides {
  return {
    x: [0, image.width, ...rectangles.flatMap(({ left, width }) => [left, left + width])],
    y: [0, image.height, ...rectangles.flatMap(({ top, height }) => [top, top + height])],
  };
}

/** Moves a point onto the nearest guides that are within `reach`. */
export function snapPoint(at: Point, guides: Guides, reach: number): Point {
  return { x: at.x + offset([at.x], guides.x, reach), y: at.y + offset([at.y], guides.y, reach) };
}

/** What to add to the movement of a rectangle, or of its handle, so that an edge that moves lies on a guide. */
export function snapMovement(moved: Rectangle, handle: Handle | null, guides: Guides, reach: number): Point {
  const { left, top, width, height } = moved;
  const xs = handle === null ? [left, left + width] : handle.includes("w") ? [left] : handle.includes("e") ? [left + width] : [];
  const ys = handle === null ? [top, top + height] : handle.startsWith("n") ? [top] : handle.startsWith("s") ? [top + height] : [];
  return { x: offset(xs, guides.x, reach), y: offset(ys, guides.y, reach) };
}

/** The guides on which an edge of a rectangle lies. */
export function guidesAt({ left, top, width, height }: Rectangle, guides: Guides): Guides {
  const on = (lines: readonly number[], edges: readonly number[]) =>
    [...new Set(lines)].filter((line) => edges.some((edge) => Math.abs(edge - line) < 0.01));
  return { x: on(guides.x, [left, left + width]), y: on(guides.y, [top, top + height]) };
}

/** The smallest step that brings one of `places` onto a line, 0 where none is within reach. */
function offset(places: readonly number[], lines: readonly number[], reach: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (const place of places) {
    for (const line of lines) if (Math.abs(line - place) < Math.abs(best)) best = line - place;
  }
  return Math.abs(best) <= reach ? best : 0;
}
