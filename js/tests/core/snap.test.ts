import { describe, expect, it } from "vitest";
import { guidesAt, guidesOf, snapMovement, snapPoint } from "../../src/core/snap";

const guides = guidesOf({ width: 100, height: 80 }, [{ left: 30, top: 20, width: 10, height: 15 }]);

describe("guides", () => {
  it("are the edges of the image and of other rectangles", () => {
    expect(guides).toEqual({ x: [0, 100, 30, 40], y: [0, 80, 20, 35] });
  });

  it("draw a point to the nearest within reach, each axis by itself", () => {
    expect(snapPoint({ x: 33, y: 60 }, guides, 5)).toEqual({ x: 30, y: 60 });
    expect(snapPoint({ x: 36, y: 37 }, guides, 5)).toEqual({ x: 40, y: 35 });
  });

  it("draw the edges that move, and only those", () => {
    const moved = { left: 52, top: 41, width: 46, height: 36 };
    expect(snapMovement(moved, null, guides, 5)).toEqual({ x: 2, y: 3 });
    expect(snapMovement(moved, "w", guides, 5)).toEqual({ x: 0, y: 0 });
    expect(snapMovement(moved, "se", guides, 5)).toEqual({ x: 2, y: 3 });
  });

  it("are told on which edges lie", () => {
    expect(guidesAt({ left: 40, top: 3, width: 60, height: 32 }, guides)).toEqual({ x: [100, 40], y: [35] });
  });
});
