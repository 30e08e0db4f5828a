import type { Area } from "./mask";

/** The colours of a part of an image, every `step`th pixel of every `step`th row. */
export interface Colors {
  /** Red, green, blue and alpha of each. */
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** Where it begins in the image, and how many pixels of the image one of it stands for in each direction. */
  readonly left: number;
  readonly top: number;
  readonly step: number;
}

export interface Wand {
  /** Shows what is within a tolerance of the colour at the start and hangs together with it, 0 to 255 levels of each channel. */
  show(tolerance: number): { readonly area: Area; readonly count: number };
  /** The places of what was found, nearest in colour first. */
  readonly found: Int32Array;
}

/**
 * Grows a region from a pixel through the colours nearest to its own, level by level: what a tolerance reaches is the beginning of what a larger one
 * does, so that a tolerance can be tried while it is dragged. Levels are computed when they are asked for the first time.
 */
export function createWand({ data, width, height }: Colors, start: number): Wand {
  const seen = new Uint8Array(width * height);
  const found = new Int32Array(width * height);
  /** Pixels at the border of the region, by their level. */
  const border: number[][] = Array.from({ length: 256 }, () => []);
  /** For each level done, the number of pixels found and the area that they cover. */
  const done: { area: Area; count: number }[] = [];
  const [red, green, blue] = [0, 1, 2].map((channel) => data[4 * start + channel] as number) as [number, number, number];
  let level = -1;
  let waiting: number[] = [];
  let count = 0;
  let area: Area = { left: start % width, top: Math.floor(start / width), right: (start % width) + 1, bottom: Math.floor(start / width) + 1 };

  function reach(place: number): void {
    if (seen[place] === 1) return;
    seen[place] = 1;
    const at = 4 * place;
    const apart = Math.max(
      Math.abs((data[at] as number) - red),
      Math.abs((data[at + 1] as number) - green),
      Math.abs((data[at + 2] as number) - blue),
    );
    if (apart <= level) waiting.push(place);
    else (border[apart] as number[]).push(place);
  }

  function take(place: number): void {
    found[count] = place;
    count += 1;
    const x = place % width;
    const y = (place - x) / width;
    if (x < area.left || x >= area.right || y < area.top || y >= area.bottom) {
      area = {
        left: Math.min(area.left, x),
        top: Math.min(area.top, y),
        right: Math.max(area.right, x + 1),
        bottom: Math.max(area.bottom, y + 1),
      };
    }
    if (x > 0) reach(place - 1);
    if (x + 1 < width) reach(place + 1);
    if (y > 0) reach(place - width);
    if (y + 1 < height) reach(place + width);
  }

  /** Takes all that a level reaches beyond the one before it. */
  function grow(to: number): void {
    level = to;
    waiting = border[to] as number[];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) take(place);
  }

  reach(start);
  return {
    found,
    show(tolerance) {
      for (let next = done.length; next <= tolerance; next += 1) {
        grow(next);
        done.push({ area, count });
      }
      return done[tolerance] as { area: Area; count: number };
    },
  };
}
