import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyMask, emptyMask, type PixelMask, paintWhere, parseMask, writeMask } from "../../src/core/mask";
import { createRunWriter, fromText, KEEP, toText } from "../../src/core/runs";
import type { Mask, MaskChange } from "../../src/generated/schema";

interface Case {
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly value: Mask;
  readonly change: MaskChange;
  readonly result: Mask;
}

const cases: Case[] = JSON.parse(readFileSync(join(import.meta.dirname, "../../../tests/fixtures/semantic-segmentation/changes.json"), "utf8"));

function rows({ pixels, width, height }: PixelMask): string[] {
  return Array.from({ length: height }, (_, row) => pixels.subarray(row * width, (row + 1) * width).join(""));
}

/** Number of pixels of each class that has any. */
function counted({ names, counts }: PixelMask): Record<string, number> {
  return Object.fromEntries(names.map((name, place) => [name, counts[place + 1] ?? 0] as const).filter(([, count]) => count > 0));
}

describe("the cases that Python passes, too", () => {
  it.each(cases)("$name", ({ before, after, value, change, result }) => {
    const mask = parseMask(value);
    expect(rows(mask)).toEqual(before);
    const applied = applyMask(mask, change);
    expect(rows(applied.value)).toEqual(after);
    expect(counted(applied.value)).toEqual(counted(parseMask(result)));
    expect(applied.value.counts.reduce((sum, count) => sum + count, 0)).toBe(mask.pixels.length);
    const back = applyMask(applied.value, applied.inverse);
    expect(rows(back.value)).toEqual(before);
    expect(counted(back.value)).toEqual(counted(parseMask(value)));
  });
});

const empty = (width: number, height: number): PixelMask => ({
  width,
  height,
  pixels: new Uint8Array(width * height),
  names: [],
  counts: [width * height],
  origins: {},
});
const whole = ({ width, height }: PixelMask) => ({ left: 0, top: 0, right: width, bottom: height });

describe("applyMask", () => {
  it.each([
    ["a code without a class", { classes: [], runs: toText(Uint32Array.of((1 << 24) | 3)) }],
    ["more than the image has", { classes: [], runs: toText(Uint32Array.of(7)) }],
    ["half a run", { classes: [], runs: "AAAA" }],
  ])("refuses %s and leaves the mask as it was", (_, change) => {
    const mask = empty(3, 2);
    expect(() => applyMask(mask, change)).toThrow();
    expect(rows(mask)).toEqual(["000", "000"]);
  });
});

describe("paintWhere", () => {
  it("gives nothing when nothing would differ", () => {
    const mask = empty(4, 3);
    expect(paintWhere(mask, whole(mask), null, () => true)).toEqual([]);
  });

  it("paints inside its area only", () => {
    const mask = empty(4, 3);
    const [change, ...others] = paintWhere(mask, { left: 1, top: 1, right: 3, bottom: 3 }, "cat", () => true);
    expect(others).toEqual([]);
    expect(rows(applyMask(mask, change as MaskChange).value)).toEqual(["0000", "0110", "0110"]);
  });

  it("cuts what would not fit into a message, so that all parts together are the whole", () => {
    const mask = empty(1100, 520);
    const changes = paintWhere(mask, whole(mask), "cat", (at) => at % 2 === 0);
    expect(changes.length).toBeGreaterThan(1);
    for (const change of changes) expect(JSON.stringify(change).length).toBeLessThan(4 * 2 ** 20);
    const done = changes.reduce((so, change) => applyMask(so, change).value, mask);
    expect(done.pixels.every((code, at) => code === (at % 2 === 0 ? 1 : 0))).toBe(true);
  });
});

describe("runs", () => {
  it("makes one run of neighbours, several of a long stretch, and leaves out the end that stays", () => {
    const writer = createRunWriter();
    writer.add(3, 5);
    writer.add(3, 2);
    writer.add(0, 2 ** 24 + 1);
    writer.add(KEEP, 9);
    const runs = writer.finish();
    expect([...runs].map((run) => [run >>> 24, run & 0xffffff])).toEqual([
      [3, 7],
      [0, 2 ** 24 - 1],
      [0, 2],
    ]);
    expect([...fromText(toText(runs))]).toEqual([...runs]);
  });
});

describe("a mask that goes over the wire", () => {
  // Python keeps a class that lost its pixels where others come after it.
  it.each(cases.filter(({ result }) => result.counts.every(Boolean)))("is what Python writes of $name", ({ result }) => {
    expect(writeMask(parseMask(result))).toEqual({ ...result, file: null });
  });

  it("leaves out a class that lost its pixels", () => {
    const mask = parseMask(emptyMask({ width: 3, height: 70 }));
    const paint = (name: string | null): PixelMask => {
      const [change] = paintWhere(mask, { left: 0, top: 66, right: 3, bottom: 67 }, name, () => true);
      return applyMask(mask, change as MaskChange).value;
    };
    expect(writeMask(paint("cat"))).toMatchObject({ classes: ["cat"], counts: [3], bands: ["", expect.stringMatching(/./)] });
    const [change] = paintWhere(paint("cat"), { left: 0, top: 66, right: 3, bottom: 67 }, null, () => true);
    expect(writeMask(applyMask(mask, change as MaskChange).value)).toEqual(emptyMask({ width: 3, height: 70 }));
  });
});
