import { describe, expect, it } from "vitest";
import { indexBoxes } from "../../src/core/box-index";
import { createSelectTool } from "../../src/tools/select";
import { box } from "../support/session";
import { at, type Bench, bench } from "./scene";

const places = (scene: Bench) => scene.boxes.value.map(({ left, top, width, height }) => [left, top, width, height]);

describe("indexBoxes", () => {
  const small = box("small", 20, 20, 10, 10);
  const large = box("large", 0, 0, 90, 70);

  it("is the smallest box under the point, in whatever order they were drawn", () => {
    expect(indexBoxes([small, large]).at({ x: 25, y: 25 })).toBe(small);
    expect(indexBoxes([large, small]).at({ x: 25, y: 25 })).toBe(small);
    expect(indexBoxes([large, small]).at({ x: 60, y: 60 })).toBe(large);
    expect(indexBoxes([large, small]).at({ x: 95, y: 75 })).toBeNull();
  });

  it("is the last drawn of two of one size", () => {
    expect(indexBoxes([box("one"), box("two")]).at({ x: 20, y: 20 })?.id).toBe("two");
  });
});

describe("the select tool", () => {
  it("selects by a press and moves by a drag, as one change", () => {
    const scene = bench(box("a", 10, 10, 20, 20), box("b", 60, 40, 20, 20));
    const tool = createSelectTool(scene);
    expect(tool.down(at(70, 50))).toBe(true);
    expect(scene.selection.value).toEqual(["b"]);
    expect(scene.chosen.value).toBe(true);
    tool.drag(at(65, 45));
    expect(scene.preview.value).toMatchObject({ id: "b", left: 55, top: 35 });
    tool.drag(at(60, 47));
    tool.up(at(60, 47));
    expect(scene.changes).toHaveLength(1);
    expect(places(scene)).toEqual([
      [10, 10, 20, 20],
      [50, 37, 20, 20],
    ]);
    expect(scene.preview.value).toBeNull();
  });

  it("moves no further than the image reaches, and keeps the size", () => {
    const scene = bench(box("a", 10, 10, 20, 20));
    const tool = createSelectTool(scene);
    tool.down(at(20, 20));
    tool.drag(at(500, -500));
    tool.up(at(500, -500));
    expect(places(scene)).toEqual([[80, 0, 20, 20]]);
  });

  it("changes nothing by a click, a trembling one too", () => {
    const scene = bench(box("a"));
    const tool = createSelectTool(scene);
    tool.down(at(20, 20));
    tool.drag(at(22, 21));
    tool.up(at(22, 21));
    expect(scene.changes).toEqual([]);
    expect(scene.selection.value).toEqual(["a"]);
  });

  it("changes nothing by a drag that ends where it began", () => {
    const scene = bench(box("a"));
    const tool = createSelectTool(scene);
    tool.down(at(20, 20));
    tool.drag(at(50, 50));
    tool.drag(at(20, 20));
    tool.up(at(20, 20));
    expect(scene.changes).toEqual([]);
    expect(scene.preview.value).toBeNull();
  });

  it("resizes by the handles of the selected box", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    scene.selection.value = ["a"];
    const tool = createSelectTool(scene);
    tool.down(at(10, 30));
    tool.drag(at(5, 30));
    tool.up(at(5, 30));
    expect(places(scene)).toEqual([[5, 10, 45, 40]]);
  });

  it("leaves a drag beside all boxes to the stage, and drops the selection", () => {
    const scene = bench(box("a"));
    scene.select(["a"]);
    const tool = createSelectTool(scene);
    expect(tool.down(at(80, 70))).toBe(false);
    expect(scene.selection.value).toEqual([]);
    tool.drag(at(10, 10));
    tool.up(at(10, 10));
    expect(scene.changes).toEqual([]);
  });

  it("lets go by Esc", () => {
    const scene = bench(box("a"));
    const tool = createSelectTool(scene);
    tool.down(at(20, 20));
    tool.drag(at(50, 50));
    expect(tool.cancel()).toBe(true);
    expect(tool.cancel()).toBe(false);
    tool.up(at(50, 50));
    expect(scene.changes).toEqual([]);
    expect(scene.preview.value).toBeNull();
  });

  it("shows by its cursor what a press would do", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    const tool = createSelectTool(scene);
    expect(tool.cursor(at(30, 30))).toBe("move");
    expect(tool.cursor(at(90, 70))).toBe("grab");
    scene.selection.value = ["a"];
    expect(tool.cursor(at(50, 50))).toBe("nwse-resize");
  });

  it("has nothing open that could be finished", () => {
    expect(createSelectTool(bench()).finish()).toBe(false);
  });
});
