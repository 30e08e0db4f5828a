import { contains, type Rectangle } from "./rectangle";
import type { Point } from "./viewport";

/** Bands into which the height of all boxes is cut. */
const BANDS = 64;

/** Finds boxes among thousands without looking at each. */
export interface BoxIndex<Box> {
  /** The box that a click means: the smallest one under the pointer, so that a box inside another can be reached; of equal ones the last. */
  at(point: Point): Box | null;
  of(id: string): Box | null;
}

export function indexBoxes<Box extends Rectangle & { readonly id: string }>(boxes: readonly Box[]): BoxIndex<Box> {
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const box of boxes) {
    top = Math.min(top, box.top);
    bottom = Math.max(bottom, box.top + box.height);
  }
  const bandOf = (y: number): number => Math.min(Math.max(Math.floor(((y - top) / (bottom - top || 1)) * BANDS), 0), BANDS - 1);
  const bands: Box[][] = Array.from({ length: BANDS }, () => []);
  const smallestFirst = [...boxes].reverse().sort((one, other) => one.width * one.height - other.width * other.height);
  for (const box of smallestFirst) {
    for (let band = bandOf(box.top); band <= bandOf(box.top + box.height); band += 1) bands[band]?.push(box);
  }
  const byId = new Map(boxes.map((box) => [box.id, box]));
  return {
    at: (point) => bands[bandOf(point.y)]?.find((box) => contains(box, point)) ?? null,
    of: (id) => byId.get(id) ?? null,
  };
}
