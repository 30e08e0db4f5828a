import { describe, expect, it } from "vitest";
import { applyMask, type PixelMask } from "../../src/core/mask";
import { acceptParts, type MaskPart, maskSuggestions } from "../../src/core/mask-suggestions";
import { createRunWriter, KEEP, toText } from "../../src/core/runs";

function part(id: string, label: string, picture: string): MaskPart {
  const writer = createRunWriter();
  for (const sign of picture) writer.add(sign === "#" ? 1 : KEEP, 1);
  return { id, label, pixels: picture.split("#").length - 1, runs: toText(writer.finish()) };
}

const mask = (picture: string): PixelMask => ({
  width: picture.length / 2,
  height: 2,
  pixels: Uint8Array.from(picture, Number),
  names: ["cat", "dog"],
  counts: [0, 1, 2].map((code) => picture.split(String(code)).length - 1),
  origins: {},
});

describe("accepted parts of a mask", () => {
  it("paint only what has no class, the first ones first, and are taken back whole", () => {
    const before = mask("200000000000");
    const change = acceptParts(before, [part("a", "cat", "###...###..."), part("b", "cow", "..###.......")]);
    const { value, inverse } = applyMask(before, change);
    expect(value.names).toEqual(["cat", "dog", "cow"]);
    expect([...value.pixels].join("")).toBe("211330111000");
    expect(value.origins).toEqual({ cat: "a", cow: "b" });
    const back = applyMask(value, inverse).value;
    expect([...back.pixels].join("")).toBe("200000000000");
    expect(back.origins).toEqual({});
  });

  it("tell where a class came from, and whether it was painted on since", () => {
    const suggestion = { id: "a", part: part("a", "cat", "##....######"), score: 0.5, source: "model" };
    const { value } = applyMask(mask("000000000000"), acceptParts(mask("000000000000"), [suggestion.part]));
    expect(maskSuggestions.origin?.(value, "cat", [suggestion])).toEqual({ suggestion, changed: false });
    const erased = applyMask(value, { classes: [], runs: toText(Uint32Array.of(1)) }).value;
    expect(maskSuggestions.origin?.(erased, "cat", [suggestion])).toEqual({ suggestion, changed: true });
    expect(maskSuggestions.origin?.(value, "dog", [suggestion])).toBeNull();
  });
});
