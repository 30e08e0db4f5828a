import type { Draft } from "../core/draft";
import type { Area } from "../core/mask";
import type { Point } from "../core/viewport";

export type BrushShape = "circle" | "square";

/** A brush of `size` pixels across; one of size 1 is the very pixel under the pointer. */
export interface Stamp {
  readonly size: number;
  /** For each of its rows, the first pixel and the one after the last, from its own left edge. */
  readonly spans: readonly (readonly [number, number])[];
}

export function createStamp(shape: BrushShape, size: number): Stamp {
  const spans = Array.from({ length: size }, (_, row): [number, number] => {
    if (shape === "square") return [0, size];
    // Pixels whose middle lies within the circle.
    const radius = size / 2;
    const across = row + 0.5 - radius;
    const half = Math.sqrt(radius * radius - across * across);
    return [Math.ceil(radius - half - 0.5), Math.floor(radius + half - 0.5) + 1];
  });
  return { size, spans };
}

/** The left or top edge of a brush whose middle is at `at`, so that its pixels are whole ones. */
function edge(at: number, size: number): number {
  return size % 2 === 1 ? Math.floor(at) - (size - 1) / 2 : Math.round(at) - size / 2;
}

/** Where the brush would paint if it were pressed at a place. */
export function stampArea(stamp: Stamp, at: Point): Area {
  const left = edge(at.x, stamp.size);
  const top = edge(at.y, stamp.size);
  return { left, top, right: left + stamp.size, bottom: top + stamp.size };
}

/** Paints a line with a brush; gives the area that it reached. */
export function strokeLine(draft: Draft, stamp: Stamp, from: Point, to: Point): Area {
  const first = stampArea(stamp, from);
  const last = stampArea(stamp, to);
  const by = { x: last.left - first.left, y: last.top - first.top };
  // A circle that is moved by a fraction of its size leaves no edge that one could see.
  const step = Math.max(1, Math.floor(stamp.size / 24));
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(by.x), Math.abs(by.y)) / step));
  for (let count = 0; count <= steps; count += 1) {
    const left = first.left + Math.round((by.x * count) / steps);
    const top = first.top + Math.round((by.y * count) / steps);
    stamp.spans.forEach(([start, end], row) => {
      draft.span(top + row, left + start, left + end);
    });
  }
  return {
    left: Math.min(first.left, last.left),
    top: Math.min(first.top, last.top),
    right: Math.max(first.right, last.right),
    bottom: Math.max(first.bottom, last.bottom),
  };
}
