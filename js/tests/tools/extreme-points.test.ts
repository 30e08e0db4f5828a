import { describe, expect, it } from "vitest";
import { createExtremePointsTool } from "../../src/tools/extreme-points";
import type { StageTool } from "../../src/tools/tool";
import { box } from "../support/session";
import { at, bench } from "./scene";

function click(tool: StageTool, ...points: [number, number][]): void {
  for (const [x, y] of points) {
    tool.down(at(x, y));
    tool.up(at(x, y));
  }
}

describe("one point alone", () => {
  it("is no box, and Enter says so instead of handing the item in", () => {
    const scene = bench();
    const tool = createExtremePointsTool(scene);
    expect(tool.finish()).toBe(false);
    tool.down(at(10, 10));
    tool.up(at(10, 10));
    expect(tool.finish()).toBe(true);
    expect(scene.told).toHaveLength(1);
    tool.down(at(40, 10));
    tool.drop?.();
    tool.down(at(40, 50));
    tool.up(at(40, 50));
    expect(tool.finish()).toBe(true);
    expect(scene.boxes.value).toMatchObject([{ left: 10, top: 10, width: 30, height: 40 }]);
  });
});

describe("four points", () => {
  it("make a box around them, in any order, also over other boxes", () => {
    const scene = bench(box("a", 0, 0, 90, 70));
    click(createExtremePointsTool(scene), [30, 10], [60, 35], [20, 40], [45, 60]);
    expect(scene.boxes.value[1]).toMatchObject({ label: "cat", left: 20, top: 10, width: 40, height: 50 });
    expect(scene.selection.value).toEqual([scene.boxes.value[1]?.id]);
  });

  it("end at the border of the image, and make no box of nothing", () => {
    const scene = bench();
    const tool = createExtremePointsTool(scene);
    click(tool, [-5, 10], [60, -8], [20, 40], [45, 60]);
    expect(scene.boxes.value[0]).toMatchObject({ left: 0, top: 0, width: 60, height: 60 });
    click(tool, [10, 10], [11, 10], [10, 11], [11, 11]);
    expect(scene.boxes.value).toHaveLength(1);
  });

  it("are forgotten when they are cancelled, and two are enough for Enter", () => {
    const scene = bench();
    const tool = createExtremePointsTool(scene);
    expect([tool.cancel(), tool.finish()]).toEqual([false, false]);
    click(tool, [10, 10], [50, 50]);
    expect(tool.cancel()).toBe(true);
    click(tool, [30, 10], [60, 35]);
    expect(scene.boxes.value).toEqual([]);
    expect(tool.finish()).toBe(true);
    expect(scene.boxes.value[0]).toMatchObject({ left: 30, top: 10, width: 30, height: 25 });
  });
});
