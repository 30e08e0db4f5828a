import { describe, expect, it } from "vitest";
import { createDraft, type Draft } from "../../src/core/draft";
import { createStamp, strokeLine } from "../../src/tools/stamp";

function rows({ pixels, width, height }: Draft): string[] {
  return Array.from({ length: height }, (_, row) => [...pixels.subarray(row * width, (row + 1) * width)].map((code) => (code ? "#" : ".")).join(""));
}

function painted(shape: "circle" | "square", size: number, from: [number, number], to = from): string[] {
  const draft = createDraft({ width: 7, height: 7 });
  strokeLine(draft, createStamp(shape, size), { x: from[0], y: from[1] }, { x: to[0], y: to[1] });
  return rows(draft);
}

describe("a brush", () => {
  it.each([
    [0, 0],
    [0.99, 0.99],
    [3.5, 2.01],
  ])("of size 1 paints the very pixel under the pointer, at %d, %d", (x, y) => {
    const cells = painted("circle", 1, [x, y]);
    expect(cells.join("").split("#").length).toBe(2);
    expect(cells[Math.floor(y)]?.[Math.floor(x)]).toBe("#");
  });

  it("of size 1 draws a line without gaps and without steps", () => {
    expect(painted("circle", 1, [0.5, 0.5], [6.5, 3.5])).toEqual(["#......", ".##....", "...##..", ".....##", ".......", ".......", "......."]);
  });

  it("is round, and as large as it says", () => {
    expect(painted("circle", 5, [3.5, 3.5])).toEqual([".......", "..###..", ".#####.", ".#####.", ".#####.", "..###..", "......."]);
    expect(painted("circle", 4, [3, 3])).toEqual([".......", "..##...", ".####..", ".####..", "..##...", ".......", "......."]);
  });

  it("is square", () => {
    expect(painted("square", 2, [3, 3])).toEqual([".......", ".......", "..##...", "..##...", ".......", ".......", "......."]);
  });

  it("may reach over the image", () => {
    const draft = createDraft({ width: 3, height: 3 });
    strokeLine(draft, createStamp("square", 4), { x: -9, y: 1 }, { x: 0, y: 1 });
    expect(rows(draft)).toEqual(["##.", "##.", "##."]);
    expect(draft.area).toEqual({ left: 0, top: 0, right: 2, bottom: 3 });
    draft.clear();
    expect(rows(draft)).toEqual(["...", "...", "..."]);
  });
});
