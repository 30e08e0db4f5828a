import { describe, expect, it } from "vitest";
import { centered, pan, toImage, toScreen, type Viewport, viewOf, wholeOf, zoomAt } from "../../src/core/viewport";
import { seeded } from "../support/time";

const image = { width: 1000, height: 500 };
const stage = { width: 424, height: 324 };

describe("wholeOf", () => {
  it("shows all of the image, in the middle, with a margin", () => {
    const view = wholeOf(image, stage);
    expect(view.zoom).toBeCloseTo(0.4);
    expect(toScreen(view, { x: 0, y: 0 })).toEqual({ x: expect.closeTo(12), y: expect.closeTo(62) });
    expect(toScreen(view, { x: 1000, y: 500 })).toEqual({ x: expect.closeTo(412), y: expect.closeTo(262) });
  });

  it("is bounded by the height where that is what lacks", () => {
    const view = wholeOf({ width: 100, height: 1000 }, stage);
    expect(view.zoom).toBeCloseTo(0.3);
    expect(toScreen(view, { x: 50, y: 500 })).toEqual({ x: expect.closeTo(212), y: expect.closeTo(162) });
  });

  it("does not blow up a small image beyond four times", () => {
    expect(wholeOf({ width: 10, height: 10 }, stage).zoom).toBe(4);
  });

  it("stays a view on a stage smaller than its margins", () => {
    expect(wholeOf(image, { width: 10, height: 10 }).zoom).toBeGreaterThan(0);
  });
});

describe("viewOf", () => {
  it("shows an area in the middle, with as much around it", () => {
    const view = viewOf({ left: 600, top: 100, width: 106, height: 20 }, image, stage);
    expect(view.zoom).toBeCloseTo(2);
    expect(toScreen(view, { x: 653, y: 110 })).toEqual({ x: expect.closeTo(212), y: expect.closeTo(162) });
  });

  it("shows the whole image where an area is nearly all of it", () => {
    expect(viewOf({ left: 0, top: 0, width: 990, height: 480 }, image, stage)).toEqual(wholeOf(image, stage));
  });
});

describe("toImage and toScreen", () => {
  it("are each other's inverse", () => {
    const random = seeded(3);
    for (let round = 0; round < 200; round += 1) {
      const view: Viewport = { x: random() * 900 - 300, y: random() * 900 - 300, zoom: 0.01 + random() * 60 };
      const at = { x: random() * 500, y: random() * 500 };
      const there = toScreen(view, toImage(view, at));
      expect(there.x).toBeCloseTo(at.x, 6);
      expect(there.y).toBeCloseTo(at.y, 6);
    }
  });

  it("are what the viewport's definition says", () => {
    expect(toImage({ x: 100, y: 50, zoom: 2 }, { x: 20, y: 10 })).toEqual({ x: 110, y: 55 });
  });
});

describe("zoomAt", () => {
  it("keeps the image's pixel under the pointer where it is", () => {
    const random = seeded(11);
    let view = wholeOf(image, stage);
    for (let round = 0; round < 200; round += 1) {
      const at = { x: 50 + random() * 320, y: 70 + random() * 180 };
      const before = toImage(view, at);
      const after = zoomAt(view, at, 1 + random(), image, stage);
      const now = toImage(after, at);
      expect(now.x).toBeCloseTo(before.x, 6);
      expect(now.y).toBeCloseTo(before.y, 6);
      view = after.zoom > 20 ? wholeOf(image, stage) : after;
    }
  });

  it("multiplies the zoom", () => {
    expect(zoomAt({ x: 0, y: 0, zoom: 1 }, { x: 200, y: 150 }, 1.5, image, stage).zoom).toBeCloseTo(1.5);
  });

  it("ends at 64 times and at a quarter of the whole", () => {
    const at = { x: 200, y: 150 };
    const view = wholeOf(image, stage);
    expect(zoomAt(view, at, 1e9, image, stage).zoom).toBe(64);
    expect(zoomAt(view, at, 1e-9, image, stage).zoom).toBeCloseTo(0.1);
  });

  it("can always show a small image at its own size", () => {
    const small = { width: 10, height: 10 };
    expect(zoomAt(wholeOf(small, stage), { x: 0, y: 0 }, 1e-9, small, stage).zoom).toBe(1);
  });
});

describe("pan", () => {
  it("moves the image by screen pixels, whatever the zoom", () => {
    const view = centered(image, stage, 2);
    const before = toScreen(view, { x: 500, y: 250 });
    const after = toScreen(pan(view, { x: 30, y: -20 }, image, stage), { x: 500, y: 250 });
    expect(after).toEqual({ x: expect.closeTo(before.x + 30), y: expect.closeTo(before.y - 20) });
  });

  it.each([
    [1e6, 1e6],
    [-1e6, -1e6],
    [1e6, -1e6],
    [-1e6, 1e6],
  ])("cannot lose the image from sight by (%d, %d)", (x, y) => {
    for (const zoom of [0.2, 1, 20]) {
      const view = pan(centered(image, stage, zoom), { x, y }, image, stage);
      const first = toScreen(view, { x: 0, y: 0 });
      const last = toScreen(view, { x: image.width, y: image.height });
      const wide = Math.min(last.x, stage.width) - Math.max(first.x, 0);
      const high = Math.min(last.y, stage.height) - Math.max(first.y, 0);
      expect(wide).toBeCloseTo(0.15 * Math.min(image.width * zoom, stage.width));
      expect(high).toBeCloseTo(0.15 * Math.min(image.height * zoom, stage.height));
    }
  });
});
