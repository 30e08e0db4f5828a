import { describe, expect, it } from "vitest";
import { setUpright } from "../../src/core/upright";

/** A JPEG up to its scan: another segment, and Exif with a width of 640 and an orientation. */
function jpeg(little: boolean, orientation = 6): Uint8Array {
  const two = (value: number) => (little ? [value & 255, value >> 8] : [value >> 8, value & 255]);
  const four = (value: number) => (little ? [...two(value), 0, 0] : [0, 0, ...two(value)]);
  const entry = (tag: number, value: number) => [...two(tag), ...two(3), ...four(1), ...two(value), 0, 0];
  const tiff = [
    ...(little ? [0x49, 0x49] : [0x4d, 0x4d]),
    ...two(42),
    ...four(8),
    ...two(2),
    ...entry(0x100, 640),
    ...entry(0x112, orientation),
    ...four(0),
  ];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xe1, 0, exif.length + 2, ...exif, 0xff, 0xda, 0, 2]);
}

describe("an image that a browser would turn", () => {
  it.each([true, false])("stays as it is stored (little-endian: %s)", (little) => {
    const bytes = jpeg(little);
    setUpright(bytes);
    expect(bytes).toEqual(jpeg(little, 1));
  });

  it("is left alone where it is no JPEG, or cut off anywhere", () => {
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
    setUpright(png);
    expect(png).toEqual(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]));
    for (let end = 0; end < 60; end += 1) expect(() => setUpright(jpeg(true).slice(0, end))).not.toThrow();
  });
});
