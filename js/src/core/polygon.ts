import type { Span } from "./regions";
import type { Point } from "./viewport";

/**
 * Goes over the pixels whose middle lies inside a closed line (even-odd rule), row by row.
 *
 * Rows and columns before `from` or behind `to` are the caller's to leave out.
 */
export function polygonSpans(points: readonly Point[], height: number, span: Span): void {
  const top = Math.max(Math.floor(Math.min(...points.map(({ y }) => y))), 0);
  const bottom = Math.min(Math.ceil(Math.max(...points.map(({ y }) => y))), height);
  for (let row = top; row < bottom; row += 1) {
    const crossings = crossingsAt(points, row + 0.5);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = Math.ceil((crossings[pair] as number) - 0.5);
      const to = Math.ceil((crossings[pair + 1] as number) - 0.5);
      if (from < to) span(row, from, to);
    }
  }
}

function crossingsAt(points: readonly Point[], y: number): number[] {
  const found: number[] = [];
  points.forEach((one, place) => {
    const other = points[(place + 1) % points.length] as Point;
    if (one.y <= y === other.y <= y) return;
    found.push(one.x + ((y - one.y) / (other.y - one.y)) * (other.x - one.x));
  });
  return found.sort((one, other) => one - other);
}
