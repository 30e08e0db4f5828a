import type { Area } from "./mask";
import { codeOf, fromText, lengthOf } from "./runs";
import type { Size } from "./viewport";

/** What is half painted: pixels that a stroke has reached, which the mask itself does not have yet. */
export interface Draft extends Size {
  /** 1 where it is painted. */
  readonly pixels: Uint8Array;
  /** The rectangle outside of which nothing is painted. */
  readonly area: Area | null;
  /** Paints `from <= x < to` of a row; what lies outside the image is left out. */
  span(row: number, from: number, to: number): void;
  /** Takes the same away. */
  unspan(row: number, from: number, to: number): void;
  clear(): void;
}

export function createDraft({ width, height }: Size): Draft {
  const pixels = new Uint8Array(width * height);
  let area: Area | null = null;

  function fill(row: number, from: number, to: number, code: 0 | 1): void {
    const left = Math.max(from, 0);
    const right = Math.min(to, width);
    if (row < 0 || row >= height || left >= right) return;
    pixels.fill(code, row * width + left, row * width + right);
    if (code === 1) area = around(area, { left, top: row, right, bottom: row + 1 });
  }

  return {
    width,
    height,
    pixels,
    get area() {
      return area;
    },
    span: (row, from, to) => fill(row, from, to, 1),
    unspan: (row, from, to) => fill(row, from, to, 0),
    clear() {
      if (!area) return;
      for (let row = area.top; row < area.bottom; row += 1) pixels.fill(0, row * width + area.left, row * width + area.right);
      area = null;
    },
  };
}

/** The pixels that runs give the code 1. */
export function readDraft(size: Size, text: string): Draft {
  const draft = createDraft(size);
  let at = 0;
  for (const run of fromText(text)) {
    const end = at + lengthOf(run);
    if (codeOf(run) === 1) {
      for (let from = at; from < end; ) {
        const row = Math.floor(from / size.width);
        const to = Math.min(end, (row + 1) * size.width);
        draft.span(row, from - row * size.width, to - row * size.width);
        from = to;
      }
    }
    at = end;
  }
  return draft;
}

/** The smallest area that has both. */
export function around(one: Area | null, other: Area): Area {
  if (!one) return other;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}
