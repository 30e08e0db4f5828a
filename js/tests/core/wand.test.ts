import { describe, expect, it } from "vitest";
import { createWand } from "../../src/core/wand";

/** Grey levels as an image. */
function greys(width: number, ...levels: number[]) {
  const data = Uint8ClampedArray.from(levels.flatMap((level) => [level, level, level, 255]));
  return { data, width, height: levels.length / width, left: 0, top: 0, step: 1 };
}

const IMAGE = greys(5, 10, 12, 40, 41, 10, 10, 90, 90, 90, 90, 11, 10, 10, 13, 10);

describe("the wand", () => {
  it("takes what hangs together within the tolerance of the colour at the start, not of the neighbour", () => {
    const ramp = createWand(greys(6, 0, 3, 6, 9, 12, 15), 0);
    expect(ramp.show(0).count).toBe(1);
    expect(ramp.show(6)).toEqual({ area: { left: 0, top: 0, right: 3, bottom: 1 }, count: 3 });
    expect(ramp.show(255).count).toBe(6);
  });

  it("finds for a tolerance the same, in whatever order tolerances are tried", () => {
    const tried = createWand(IMAGE, 0);
    const all = [30, 0, 128, 3, 31].map((tolerance) => {
      const { count, area } = tried.show(tolerance);
      return { area, places: [...tried.found.subarray(0, count)].sort((one, other) => one - other) };
    });
    const alone = [30, 0, 128, 3, 31].map((tolerance) => {
      const wand = createWand(IMAGE, 0);
      const { count, area } = wand.show(tolerance);
      return { area, places: [...wand.found.subarray(0, count)].sort((one, other) => one - other) };
    });
    expect(all).toEqual(alone);
    expect(all[3]?.places).toEqual([0, 1, 5, 10, 11, 12, 13, 14]);
    expect(all[2]?.places).toHaveLength(15);
  });

  it("looks at each channel", () => {
    const image = { ...greys(2, 0, 0), data: Uint8ClampedArray.of(0, 0, 0, 255, 0, 0, 20, 255) };
    expect(createWand(image, 0).show(19).count).toBe(1);
    expect(createWand(image, 0).show(20).count).toBe(2);
  });
});
