import { around } from "./draft";
import type { Area, PixelMask } from "./mask";
import type { Size } from "./viewport";

/** A stretch of a row that belongs to a region: `from <= x < to`. */
export type Span = (row: number, from: number, to: number) => void;

export interface Flood {
  readonly size: Size;
  /** Where the flood may go. */
  readonly area: Area;
  /** Whether regions that touch at a corner are one. */
  readonly diagonal: boolean;
  inside(place: number): boolean;
  /** 1 where a region was found already; the flood marks what it finds. */
  readonly seen: Uint8Array;
}

/** Goes over the region that a pixel belongs to, stretch by stretch; gives its number of pixels. */
export function flood({ size, area, diagonal, inside, seen }: Flood, start: number, span: Span): number {
  const { width } = size;
  const reach = diagonal ? 1 : 0;
  const waiting = [start];
  let count = 0;

  const isNew = (place: number) => seen[place] === 0 && inside(place);

  /** Notes where stretches of a row begin that touch the one found. */
  function look(row: number, from: number, to: number): void {
    if (row < area.top || row >= area.bottom) return;
    const end = Math.min(to + reach, area.right);
    for (let x = Math.max(from - reach, area.left); x < end; x += 1) {
      const place = row * width + x;
      if (!isNew(place)) continue;
      waiting.push(place);
      while (x + 1 < end && isNew(row * width + x + 1)) x += 1;
    }
  }

  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (!isNew(place)) continue;
    const row = Math.floor(place / width);
    let from = place - row * width;
    let to = from + 1;
    while (from > area.left && isNew(row * width + from - 1)) from -= 1;
    while (to < area.right && isNew(row * width + to)) to += 1;
    seen.fill(1, row * width + from, row * width + to);
    span(row, from, to);
    count += to - from;
    look(row - 1, from, to);
    look(row + 1, from, to);
  }
  return count;
}

export function wholeArea({ width, height }: Size): Area {
  return { left: 0, top: 0, right: width, bottom: height };
}

/** Goes over the region of one code around a pixel. */
export function regionAt(mask: PixelMask, place: number, span: Span): void {
  const code = mask.pixels[place];
  const inside = (at: number) => mask.pixels[at] === code;
  flood({ size: mask, area: wholeArea(mask), diagonal: false, inside, seen: new Uint8Array(mask.pixels.length) }, place, span);
}

/** The pixels that a code encloses and does not have itself. */
export function holesOf(mask: PixelMask, code: number): { area: Area; isHole(place: number): boolean } | null {
  const area = areaOf(mask, code);
  if (!area) return null;
  const { pixels, width } = mask;
  const seen = new Uint8Array(pixels.length);
  const outside = { size: mask, area, diagonal: false, inside: (place: number) => pixels[place] !== code, seen };
  const begin = (x: number, row: number) => {
    const place = row * width + x;
    if (pixels[place] !== code && seen[place] === 0) flood(outside, place, () => undefined);
  };
  for (let x = area.left; x < area.right; x += 1) for (const row of [area.top, area.bottom - 1]) begin(x, row);
  for (let row = area.top; row < area.bottom; row += 1) for (const x of [area.left, area.right - 1]) begin(x, row);
  return { area, isHole: (place) => pixels[place] !== code && seen[place] === 0 };
}

/** The pixels of a code that do not belong to its largest region. */
export function crumbsOf(mask: PixelMask, code: number): { area: Area; isCrumb(place: number): boolean } | null {
  const area = areaOf(mask, code);
  if (!area) return null;
  const { pixels } = mask;
  const regions = { size: mask, area, diagonal: true, inside: (place: number) => pixels[place] === code, seen: new Uint8Array(pixels.length) };
  let largest = { start: -1, count: 0 };
  for (let place = area.top * mask.width; place < area.bottom * mask.width; place += 1) {
    if (pixels[place] !== code || regions.seen[place] === 1) continue;
    const count = flood(regions, place, () => undefined);
    if (count > largest.count) largest = { start: place, count };
  }
  const kept = new Uint8Array(pixels.length);
  flood({ ...regions, seen: kept }, largest.start, () => undefined);
  return { area, isCrumb: (place) => pixels[place] === code && kept[place] === 0 };
}

/** The next region without a class after a pixel, going round to the first; null when there is none. */
export function nextGap(mask: PixelMask, after: number): { start: number; area: Area } | null {
  const { pixels, width } = mask;
  const seen = new Uint8Array(pixels.length);
  const gaps = { size: mask, area: wholeArea(mask), diagonal: false, inside: (place: number) => pixels[place] === 0, seen };
  let first: { start: number; area: Area } | null = null;
  for (let place = pixels.indexOf(0); place !== -1; place = pixels.indexOf(0, place + 1)) {
    if (seen[place] === 1) continue;
    let area: Area | null = null;
    flood(gaps, place, (row, from, to) => {
      area = around(area, { left: from, top: row, right: to, bottom: row + 1 });
    });
    const found = { start: place, area: area ?? { left: place % width, top: Math.floor(place / width), right: 0, bottom: 0 } };
    if (place > after) return found;
    first ??= found;
  }
  return first;
}

/** The smallest area with all pixels of a code. */
function areaOf({ pixels, width, height }: PixelMask, code: number): Area | null {
  let area: Area | null = null;
  for (let row = 0; row < height; row += 1) {
    const line = pixels.subarray(row * width, (row + 1) * width);
    const left = line.indexOf(code);
    if (left !== -1) area = around(area, { left, top: row, right: line.lastIndexOf(code) + 1, bottom: row + 1 });
  }
  return area;
}
