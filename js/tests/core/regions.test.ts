import { describe, expect, it } from "vitest";
import type { PixelMask } from "../../src/core/mask";
import { polygonSpans } from "../../src/core/polygon";
import { crumbsOf, flood, holesOf, nextGap, regionAt, type Span, wholeArea } from "../../src/core/regions";
import type { Point } from "../../src/core/viewport";

/** A mask as a picture: a digit is a code. */
function mask(...lines: string[]): PixelMask {
  const width = lines[0]?.length ?? 0;
  const pixels = Uint8Array.from(lines.join(""), Number);
  return { width, height: lines.length, pixels, names: ["cat", "dog"], counts: [], origins: {} };
}

/** What was gone over, as a picture; a pixel that was gone over twice shows it. */
function drawn({ width, height }: { width: number; height: number }, paint: (span: Span) => void): string[] {
  const counts = new Uint8Array(width * height);
  paint((row, from, to) => {
    for (let x = Math.max(from, 0); x < Math.min(to, width); x += 1) counts[row * width + x] = (counts[row * width + x] ?? 0) + 1;
  });
  return Array.from({ length: height }, (_, row) => counts.subarray(row * width, (row + 1) * width).join(""));
}

function marked(of: PixelMask, inside: (place: number) => boolean): string[] {
  return drawn(of, (span) => {
    for (const place of of.pixels.keys()) if (inside(place)) span(Math.floor(place / of.width), place % of.width, (place % of.width) + 1);
  });
}

describe("flood", () => {
  const around = mask("00000", "01110", "01010", "01110", "00001");

  it.each([
    ["what is around a ring, not what it encloses", 0, ["11111", "10001", "10001", "10001", "11110"]],
    ["what a ring encloses", 12, ["00000", "00000", "00100", "00000", "00000"]],
    ["a ring, without what touches it at a corner", 6, ["00000", "01110", "01010", "01110", "00000"]],
  ])("goes once over %s", (_, start, expected) => {
    expect(drawn(around, (span) => regionAt(around, start, span))).toEqual(expected);
  });

  it("takes corners where it should, never leaves its area, counts, and leaves out what was seen", () => {
    const seen = new Uint8Array(25);
    const inside = (place: number) => around.pixels[place] === 1;
    const settings = { size: around, area: wholeArea(around), diagonal: true, inside, seen };
    expect(flood(settings, 6, () => undefined)).toBe(9);
    expect(flood(settings, 6, () => undefined)).toBe(0);
    const area = { left: 1, top: 1, right: 3, bottom: 3 };
    expect(flood({ ...settings, area, seen: new Uint8Array(25) }, 6, () => undefined)).toBe(3);
  });

  it("finds its way through a spiral", () => {
    const spiral = mask("1111111", "0000001", "1111101", "1000101", "1011101", "1000001", "1111111");
    expect(drawn(spiral, (span) => regionAt(spiral, 0, span))).toEqual(
      Array.from({ length: 7 }, (_, row) => spiral.pixels.subarray(7 * row, 7 * row + 7).join("")),
    );
  });
});

describe("holes, crumbs and gaps", () => {
  it("fills what a class encloses, other classes in it too, and nothing that is open", () => {
    const ring = mask("1111100", "1020111", "1000100", "1111111", "0101010");
    const holes = holesOf(ring, 1);
    expect(marked(ring, holes?.isHole ?? (() => false))).toEqual(["0000000", "0111000", "0111000", "0000000", "0000000"]);
    expect(holesOf(ring, 3)).toBeNull();
  });

  it("keeps the largest part, of which corners are a part", () => {
    const parts = mask("1100000", "0010011", "0000011", "1000000");
    const crumbs = crumbsOf(parts, 1);
    expect(marked(parts, crumbs?.isCrumb ?? (() => false))).toEqual(["1100000", "0010000", "0000000", "1000000"]);
    expect(crumbsOf(parts, 2)).toBeNull();
  });

  it("goes from gap to gap and round to the first", () => {
    const gaps = mask("0110", "0111", "1110");
    const first = nextGap(gaps, -1);
    expect(first).toEqual({ start: 0, area: { left: 0, top: 0, right: 1, bottom: 2 } });
    const second = nextGap(gaps, 0);
    expect(second).toEqual({ start: 3, area: { left: 3, top: 0, right: 4, bottom: 1 } });
    expect(nextGap(gaps, 11)).toEqual(first);
    expect(nextGap(mask("11", "22"), -1)).toBeNull();
  });
});

describe("polygonSpans", () => {
  const size = { width: 6, height: 5 };
  const draw = (...points: [number, number][]) =>
    drawn(size, (span) =>
      polygonSpans(
        points.map(([x, y]): Point => ({ x, y })),
        size.height,
        span,
      ),
    );

  it("takes the pixels whose middle is inside", () => {
    expect(draw([1, 1], [4, 1], [4, 3], [1, 3])).toEqual(["000000", "011100", "011100", "000000", "000000"]);
    expect(draw([1.6, 1.4], [4.4, 1.4], [4.4, 2.6], [1.6, 2.6])).toEqual(["000000", "001100", "001100", "000000", "000000"]);
    expect(draw([0, 0], [5, 0], [0, 5])).toEqual(["111100", "111000", "110000", "100000", "000000"]);
  });

  it("crosses a corner in the middle of a row once", () => {
    expect(draw([2.5, 0], [5, 2.5], [2.5, 5], [0, 2.5])).toEqual(["001000", "011100", "111110", "011100", "001000"]);
  });

  it("gives neighbours that share an edge no pixel twice and leaves none out", () => {
    const shared: [number, number][] = [
      [2.3, -1],
      [3.7, 7],
    ];
    const left = draw([0, -1], ...shared, [0, 7]);
    const right = draw(...shared, [6, 7], [6, -1]);
    for (const [row, line] of left.entries()) {
      expect([...line].map((count, x) => Number(count) + Number(right[row]?.[x]))).toEqual([1, 1, 1, 1, 1, 1]);
    }
  });

  it("leaves out what a line encloses twice, and what lies beside the image", () => {
    expect(draw([0, 0], [5, 0], [5, 5], [0, 5], [0, 0], [1, 1], [4, 1], [4, 4], [1, 4], [1, 1])).toEqual([
      "111110",
      "100010",
      "100010",
      "100010",
      "111110",
    ]);
    expect(draw([-9, -9], [20, -9], [20, 20], [-9, 20])).toEqual(["111111", "111111", "111111", "111111", "111111"]);
    expect(draw([1, 1], [4, 4])).toEqual(["000000", "000000", "000000", "000000", "000000"]);
  });
});
