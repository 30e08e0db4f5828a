import { describe, expect, it } from "vitest";
import { between, clip, contains, HANDLES, type Handle, handleAt, handlePoint, move, type Rectangle, resize } from "../../src/core/rectangle";
import { seeded } from "../support/time";

const image = { width: 100, height: 80 };
const rectangle = (left: number, top: number, width: number, height: number): Rectangle => ({ left, top, width, height });
const box = rectangle(20, 30, 40, 20);

describe("between", () => {
  it.each([
    [5, 6, 15, 26],
    [15, 26, 5, 6],
    [15, 6, 5, 26],
    [5, 26, 15, 6],
  ])("spans the corners (%i, %i) and (%i, %i), whichever was first", (x1, y1, x2, y2) => {
    expect(between({ x: x1, y: y1 }, { x: x2, y: y2 })).toEqual(rectangle(5, 6, 10, 20));
  });
});

describe("clip", () => {
  it("cuts at each border of the image", () => {
    expect(clip(rectangle(-10, -5, 30, 20), image)).toEqual(rectangle(0, 0, 20, 15));
    expect(clip(rectangle(90, 70, 30, 20), image)).toEqual(rectangle(90, 70, 10, 10));
    expect(clip(rectangle(-10, -10, 300, 300), image)).toEqual(rectangle(0, 0, 100, 80));
  });

  it("leaves nothing of what lies outside", () => {
    expect(clip(rectangle(-50, 10, 20, 10), image)).toMatchObject({ left: 0, width: 0 });
    expect(clip(rectangle(10, 200, 20, 10), image)).toMatchObject({ top: 80, height: 0 });
  });

  it("rounds each side to a hundredth of a pixel", () => {
    expect(clip(rectangle(1.23456, 2.34567, 10.00001, 20.005), image)).toEqual(rectangle(1.23, 2.35, 10, 20));
  });

  it("never leaves the image by more than the rounding", () => {
    const random = seeded(7);
    for (let round = 0; round < 300; round += 1) {
      const odd = { width: 37.7777 * (1 + random()), height: 21.3333 };
      const cut = clip(rectangle(random() * 60 - 10, random() * 40 - 10, random() * 60, random() * 40), odd);
      expect(cut.left).toBeGreaterThanOrEqual(0);
      expect(cut.top).toBeGreaterThanOrEqual(0);
      expect(cut.left + cut.width).toBeLessThanOrEqual(odd.width + 0.01);
      expect(cut.top + cut.height).toBeLessThanOrEqual(odd.height + 0.01);
      for (const side of [cut.left, cut.top, cut.width, cut.height]) expect(Math.abs(side * 100 - Math.round(side * 100))).toBeLessThan(1e-6);
    }
  });
});

describe("move", () => {
  it("keeps the size and rounds the place", () => {
    expect(move(box, { x: 1.006, y: -2.004 }, image)).toEqual(rectangle(21.01, 28, 40, 20));
  });

  it("stops at the borders without getting smaller", () => {
    expect(move(box, { x: -500, y: -500 }, image)).toEqual(rectangle(0, 0, 40, 20));
    expect(move(box, { x: 500, y: 500 }, image)).toEqual(rectangle(60, 60, 40, 20));
  });

  it("keeps a box that is larger than the image at its corner", () => {
    expect(move(rectangle(0, 0, 120, 90), { x: 9, y: 9 }, image)).toEqual(rectangle(0, 0, 120, 90));
  });
});

describe("resize", () => {
  it.each<[Handle, Rectangle]>([
    ["nw", rectangle(25, 33, 35, 17)],
    ["n", rectangle(20, 33, 40, 17)],
    ["ne", rectangle(20, 33, 45, 17)],
    ["e", rectangle(20, 30, 45, 20)],
    ["se", rectangle(20, 30, 45, 23)],
    ["s", rectangle(20, 30, 40, 23)],
    ["sw", rectangle(25, 30, 35, 23)],
    ["w", rectangle(25, 30, 35, 20)],
  ])("by the handle %s moves only its sides", (handle, expected) => {
    expect(resize(box, handle, { x: 5, y: 3 }, image)).toEqual(expected);
  });

  it("turns the box over when a side crosses its opposite", () => {
    expect(resize(box, "e", { x: -50, y: 0 }, image)).toEqual(rectangle(10, 30, 10, 20));
    expect(resize(box, "w", { x: 60, y: 0 }, image)).toEqual(rectangle(60, 30, 20, 20));
    expect(resize(box, "nw", { x: 50, y: 30 }, image)).toEqual(rectangle(60, 50, 10, 10));
    expect(resize(box, "s", { x: 0, y: -25 }, image)).toEqual(rectangle(20, 25, 40, 5));
  });

  it("stops at the borders and leaves the other side where it is", () => {
    expect(resize(box, "se", { x: 500, y: 500 }, image)).toEqual(rectangle(20, 30, 80, 50));
    expect(resize(box, "nw", { x: -500, y: -500 }, image)).toEqual(rectangle(0, 0, 60, 50));
  });
});

describe("contains", () => {
  it("counts the border in and what is beside it out", () => {
    expect(contains(box, { x: 20, y: 30 })).toBe(true);
    expect(contains(box, { x: 60, y: 50 })).toBe(true);
    expect(contains(box, { x: 19.9, y: 40 })).toBe(false);
    expect(contains(box, { x: 60.1, y: 40 })).toBe(false);
    expect(contains(box, { x: 40, y: 29.9 })).toBe(false);
    expect(contains(box, { x: 40, y: 50.1 })).toBe(false);
  });
});

describe("handles", () => {
  it.each<[Handle, number, number]>([
    ["nw", 20, 30],
    ["n", 40, 30],
    ["ne", 60, 30],
    ["e", 60, 40],
    ["se", 60, 50],
    ["s", 40, 50],
    ["sw", 20, 50],
    ["w", 20, 40],
  ])("%s stands at (%i, %i) and is found there and near it", (handle, x, y) => {
    expect(HANDLES).toContain(handle);
    expect(handlePoint(box, handle)).toEqual({ x, y });
    expect(handleAt(box, { x, y }, 3)).toBe(handle);
    expect(handleAt(box, { x: x + 2.9, y: y - 2.9 }, 3)).toBe(handle);
  });

  it("are found along the whole of a side", () => {
    expect(handleAt(box, { x: 30, y: 51 }, 3)).toBe("s");
    expect(handleAt(box, { x: 59, y: 36 }, 3)).toBe("e");
  });

  it("are not found inside the box, beyond the reach, or on the line of a side but past its end", () => {
    expect(handleAt(box, { x: 40, y: 40 }, 3)).toBeNull();
    expect(handleAt(box, { x: 16.9, y: 40 }, 3)).toBeNull();
    expect(handleAt(box, { x: 70, y: 30 }, 3)).toBeNull();
    expect(handleAt(box, { x: 20, y: 60 }, 3)).toBeNull();
  });
});
