import { describe, expect, it, vi } from "vitest";
import { createBoxTool } from "../../src/tools/box";
import type { StageTool } from "../../src/tools/tool";
import { box } from "../support/session";
import { at, type Bench, bench } from "./scene";

function click(tool: StageTool, x: number, y: number, shift = false): void {
  tool.down(at(x, y, { shift }));
  tool.up(at(x, y, { shift }));
}

function drag(tool: StageTool, from: readonly [number, number], to: readonly [number, number]): void {
  expect(tool.down(at(...from))).toBe(true);
  tool.drag(at((from[0] + to[0]) / 2, (from[1] + to[1]) / 2));
  tool.drag(at(...to));
  tool.up(at(...to));
}

const drawn = (scene: Bench) => scene.boxes.value.map(({ left, top, width, height }) => [left, top, width, height]);

describe("a drag", () => {
  it.each<[readonly [number, number], readonly [number, number]]>([
    [
      [10, 20],
      [40, 60],
    ],
    [
      [40, 60],
      [10, 20],
    ],
    [
      [40, 20],
      [10, 60],
    ],
  ])("draws a box of the active label from %j to %j and selects it, but not by choice", (from, to) => {
    const scene = bench();
    drag(createBoxTool(scene), from, to);
    expect(scene.boxes.value).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]+$/), label: "cat", left: 10, top: 20, width: 30, height: 40, attributes: {} },
    ]);
    expect(scene.selection.value).toEqual(scene.boxes.value.map(({ id }) => id));
    expect(scene.chosen.value).toBe(false);
    expect(scene.changes).toHaveLength(1);
  });

  it("marks the new box, though another had been chosen by a click before", () => {
    const scene = bench(box("a"));
    const tool = createBoxTool(scene);
    click(tool, 20, 20);
    expect([scene.selection.value, scene.chosen.value]).toEqual([["a"], true]);
    drag(tool, [60, 40], [90, 70]);
    expect(scene.selection.value).toEqual([scene.boxes.value[1]?.id]);
    expect(scene.chosen.value).toBe(false);
  });

  it("snaps to the edges of other boxes and of the image, if that is on", () => {
    const draw = (snap: boolean) => {
      const scene = bench(box("a", 30, 30, 20, 20));
      scene.snap.value = snap;
      drag(createBoxTool(scene), [53, 4], [97, 33]);
      return drawn(scene)[1];
    };
    expect(draw(false)).toEqual([53, 4, 44, 29]);
    expect(draw(true)).toEqual([50, 0, 50, 30]);
  });

  it("may leave the image where there is no frame, but not altogether", () => {
    const scene = bench();
    scene.frame.value = null;
    drag(createBoxTool(scene), [90, 70], [120, 95]);
    drag(createBoxTool(scene), [105, 70], [120, 95]);
    expect(drawn(scene)).toEqual([[90, 70, 30, 25]]);
  });

  it("ends at the borders of the image", () => {
    const scene = bench();
    drag(createBoxTool(scene), [90, 70], [150, 150]);
    drag(createBoxTool(scene), [50, 40], [-20, -20]);
    expect(drawn(scene)).toEqual([
      [90, 70, 10, 10],
      [0, 0, 50, 40],
    ]);
  });

  it("rounds to a hundredth of a pixel", () => {
    const scene = bench();
    drag(createBoxTool(scene), [10.123456, 20.98765], [40.5, 60.333333]);
    expect(drawn(scene)).toEqual([[10.12, 20.99, 30.38, 39.34]]);
  });

  it("draws nothing when it was a slip of the hand", () => {
    const scene = bench();
    drag(createBoxTool(scene), [10, 20], [60, 22]);
    drag(createBoxTool(scene), [10, 20], [12, 60]);
    expect(scene.changes).toEqual([]);
  });

  it("draws nothing outside the image", () => {
    const scene = bench();
    drag(createBoxTool(scene), [110, 20], [150, 60]);
    expect(scene.changes).toEqual([]);
  });

  it("says why nothing comes of a slip, of Enter without a second corner, and of a box beside the image", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    tool.down(at(10, 10));
    tool.up(at(10, 10));
    expect(scene.told).toEqual([]);
    expect(tool.finish()).toBe(true);
    expect(scene.told).toEqual([expect.stringContaining("Too small")]);
    scene.frame.value = null;
    tool.down(at(-50, 10));
    tool.drag(at(-30, 40));
    tool.up(at(-20, 50));
    expect(scene.told.at(-1)).toContain("beside the image");
    expect(scene.changes).toEqual([]);
  });

  it("keeps its first corner when a press turns out to be a pinch", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    tool.down(at(10, 10));
    tool.up(at(10, 10));
    tool.down(at(60, 60));
    tool.drop?.();
    expect(scene.changes).toEqual([]);
    tool.down(at(50, 40));
    tool.up(at(50, 40));
    expect(scene.boxes.value).toMatchObject([{ left: 10, top: 10, width: 40, height: 30 }]);
  });

  it("may be small on the image when it is large on the screen, but is never less than a pixel", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    const close = { reach: 0.11, tremble: 4 / 64 };
    for (const end of [12, 10.5]) {
      tool.down(at(10, 10, close));
      tool.drag(at(end, end, close));
      tool.up(at(end, end, close));
      scene.selection.value = [];
    }
    expect(drawn(scene)).toEqual([[10, 10, 2, 2]]);
  });

  it("over another box draws on it", () => {
    const scene = bench(box("a", 0, 0, 80, 80));
    drag(createBoxTool(scene), [20, 20], [40, 40]);
    expect(drawn(scene)).toEqual([
      [0, 0, 80, 80],
      [20, 20, 20, 20],
    ]);
  });

  it("is dropped by Esc", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    tool.down(at(10, 10));
    tool.drag(at(50, 50));
    expect(tool.cancel()).toBe(true);
    tool.drag(at(60, 60));
    tool.up(at(60, 60));
    expect(scene.changes).toEqual([]);
    expect(tool.cancel()).toBe(false);
  });

  it("draws as many boxes as there are drags", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    drag(tool, [0, 0], [20, 20]);
    drag(tool, [50, 50], [70, 70]);
    expect(drawn(scene)).toEqual([
      [0, 0, 20, 20],
      [50, 50, 20, 20],
    ]);
    expect(new Set(scene.boxes.value.map(({ id }) => id)).size).toBe(2);
  });
});

describe("two clicks", () => {
  it("draw from corner to corner", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    click(tool, 10, 10);
    expect(scene.changes).toEqual([]);
    tool.hover(at(30, 30));
    click(tool, 50, 40);
    expect(drawn(scene)).toEqual([[10, 10, 40, 30]]);
    click(tool, 90, 70); // a new corner
    expect(scene.changes).toHaveLength(1);
  });

  it("draw, too, when a hand trembles in the first", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    tool.down(at(10, 10));
    tool.drag(at(12, 11));
    tool.up(at(12, 11));
    click(tool, 50, 40);
    expect(scene.changes).toHaveLength(1);
  });

  it("on one spot draw nothing, and the next click begins anew", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    click(tool, 10, 10);
    click(tool, 10, 10);
    expect(scene.changes).toEqual([]);
    expect(tool.finish()).toBe(false);
    click(tool, 20, 20);
    click(tool, 60, 60);
    expect(drawn(scene)).toEqual([[20, 20, 40, 40]]);
  });

  it("are not taken for a click on a box under the second", () => {
    const scene = bench(box("a", 40, 30, 50, 40));
    const tool = createBoxTool(scene);
    click(tool, 10, 10);
    click(tool, 50, 40);
    expect(drawn(scene)).toContainEqual([10, 10, 40, 30]);
  });

  it("are given up by Esc", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    click(tool, 10, 10);
    expect(tool.cancel()).toBe(true);
    expect(tool.cancel()).toBe(false);
    click(tool, 50, 40);
    expect(scene.changes).toEqual([]);
  });

  it("can be finished by Enter where the pointer is", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    expect(tool.finish()).toBe(false);
    click(tool, 10, 10);
    tool.hover(at(30, 50));
    expect(tool.finish()).toBe(true);
    expect(drawn(scene)).toEqual([[10, 10, 20, 40]]);
    expect(tool.finish()).toBe(false);
  });
});

describe("a click on a box", () => {
  it("selects it by choice, and the smallest one where boxes lie over each other", () => {
    const scene = bench(box("small", 20, 20, 10, 10), box("large", 0, 0, 90, 70));
    const tool = createBoxTool(scene);
    click(tool, 25, 25);
    expect(scene.selection.value).toEqual(["small"]);
    expect(scene.chosen.value).toBe(true);
    click(tool, 60, 60);
    expect(scene.selection.value).toEqual(["large"]);
    expect(scene.changes).toEqual([]);
  });

  it("beside all boxes drops the selection", () => {
    const scene = bench(box("a"));
    const tool = createBoxTool(scene);
    click(tool, 20, 20);
    click(tool, 70, 70);
    expect(scene.selection.value).toEqual([]);
    expect(scene.chosen.value).toBe(false);
  });
});

describe("a click with Shift", () => {
  it("begins a corner inside another box, and the next click ends there", () => {
    const scene = bench(box("a", 0, 0, 90, 70));
    const tool = createBoxTool(scene);
    click(tool, 20, 20, true);
    expect(scene.selection.value).toEqual([]);
    click(tool, 50, 40);
    expect(drawn(scene)).toEqual([
      [0, 0, 90, 70],
      [20, 20, 30, 20],
    ]);
  });

  it("begins a corner on a handle of the selected box", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    scene.select(["a"]);
    const tool = createBoxTool(scene);
    click(tool, 50, 50, true);
    expect([scene.selection.value, scene.chosen.value]).toEqual([[], false]);
    click(tool, 80, 70, true);
    expect(drawn(scene)).toEqual([
      [10, 10, 40, 40],
      [50, 50, 30, 20],
    ]);
  });

  it("may become a drag, from a handle too", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    scene.select(["a"]);
    const tool = createBoxTool(scene);
    tool.down(at(50, 50, { shift: true }));
    tool.drag(at(80, 70, { shift: true }));
    tool.up(at(80, 70, { shift: true }));
    expect(drawn(scene)).toEqual([
      [10, 10, 40, 40],
      [50, 50, 30, 20],
    ]);
  });
});

describe("a handle of the selected box", () => {
  it("resizes it as one change", () => {
    const scene = bench(box("a", 10, 10, 40, 40), box("b", 60, 60, 10, 10));
    scene.selection.value = ["a"];
    const tool = createBoxTool(scene);
    tool.down(at(51, 49));
    tool.drag(at(61, 59));
    expect(scene.preview.value).toMatchObject({ id: "a", left: 10, top: 10, width: 50, height: 50 });
    expect(scene.changes).toEqual([]);
    tool.drag(at(71, 69));
    tool.up(at(71, 69));
    expect(scene.preview.value).toBeNull();
    expect(scene.changes).toHaveLength(1);
    expect(drawn(scene)).toEqual([
      [10, 10, 60, 60],
      [60, 60, 10, 10],
    ]);
    expect(scene.selection.value).toEqual(["a"]);
  });

  it("does nothing when it is pressed only", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    scene.selection.value = ["a"];
    const tool = createBoxTool(scene);
    tool.down(at(50, 50));
    tool.drag(at(52, 51));
    tool.up(at(52, 51));
    expect(scene.changes).toEqual([]);
  });

  it("leaves the box alone when it is drawn together to nothing", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    scene.selection.value = ["a"];
    drag(createBoxTool(scene), [50, 30], [10, 30]);
    expect(scene.changes).toEqual([]);
    expect(scene.preview.value).toBeNull();
  });

  it("is let go by Esc", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    scene.selection.value = ["a"];
    const tool = createBoxTool(scene);
    tool.down(at(50, 50));
    tool.drag(at(70, 70));
    expect(tool.cancel()).toBe(true);
    tool.up(at(70, 70));
    expect(scene.changes).toEqual([]);
    expect(scene.preview.value).toBeNull();
  });

  it("is not there when several boxes are selected", () => {
    const scene = bench(box("a", 10, 10, 40, 40), box("b", 60, 60, 10, 10));
    scene.selection.value = ["a", "b"];
    drag(createBoxTool(scene), [50, 50], [80, 75]);
    expect(scene.boxes.value).toHaveLength(3);
  });

  it("does not take a box that was begun by a click", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    const tool = createBoxTool(scene);
    click(tool, 70, 70);
    scene.selection.value = ["a"];
    click(tool, 50, 50);
    expect(drawn(scene)).toContainEqual([50, 50, 20, 20]);
  });
});

describe("what is seen", () => {
  it("marks the box under the pointer, and none once the pointer has left", () => {
    const scene = bench(box("a"));
    const tool = createBoxTool(scene);
    tool.hover(at(20, 20));
    expect(scene.hovered.value).toBe("a");
    tool.hover(at(70, 70));
    expect(scene.hovered.value).toBeNull();
    tool.hover(at(20, 20));
    tool.hover(null);
    expect(scene.hovered.value).toBeNull();
  });

  it("has the cursor of the handle", () => {
    const scene = bench(box("a", 10, 10, 40, 40));
    scene.selection.value = ["a"];
    const tool = createBoxTool(scene);
    expect([at(10, 10), at(50, 10), at(30, 10), at(50, 30), at(90, 70)].map((pointer) => tool.cursor(pointer))).toEqual([
      "nwse-resize",
      "nesw-resize",
      "ns-resize",
      "ew-resize",
      "crosshair",
    ]);
  });

  function surface(clientWidth: number, clientHeight: number) {
    return {
      canvas: { clientWidth, clientHeight },
      setLineDash: vi.fn(),
      beginPath: vi.fn(),
      moveTo: vi.fn(),
      lineTo: vi.fn(),
      stroke: vi.fn(),
      strokeRect: vi.fn(),
      fillRect: vi.fn(),
      fillText: vi.fn(),
      measureText: () => ({ width: 50 }),
    };
  }

  it("paints the box that is being drawn, with its size", () => {
    const scene = bench();
    const tool = createBoxTool(scene);
    const canvas = surface(400, 300);
    const paint = () => tool.draw(canvas as unknown as CanvasRenderingContext2D, { x: 5, y: 5, zoom: 2 });
    paint();
    expect(canvas.strokeRect).not.toHaveBeenCalled();
    tool.down(at(10, 10));
    tool.drag(at(40, 30));
    paint();
    expect(canvas.strokeRect).toHaveBeenCalledWith(10, 10, 60, 40);
    expect(canvas.fillText).toHaveBeenCalledWith("30 × 20", expect.any(Number), expect.any(Number));
  });

  it.each<[string, number, number]>([
    ["in the middle", 50, 40],
    ["at the right border", 99, 40],
    ["at the lower border", 50, 79],
    ["in the corner", 100, 80],
  ])("keeps the size inside the canvas and off the pointer: %s", (_, x, y) => {
    const tool = createBoxTool(bench());
    const canvas = surface(400, 320);
    tool.down(at(1, 1));
    tool.drag(at(x, y));
    tool.draw(canvas as unknown as CanvasRenderingContext2D, { x: 0, y: 0, zoom: 4 });
    const [left, top, width, height] = canvas.fillRect.mock.lastCall as [number, number, number, number];
    expect(width).toBeGreaterThan(50);
    expect([left >= 0, top >= 0, left + width <= 400, top + height <= 320]).toEqual([true, true, true, true]);
    expect(left > 4 * x || left + width < 4 * x || top > 4 * y || top + height < 4 * y).toBe(true);
    const [, textLeft, baseline] = canvas.fillText.mock.lastCall as [string, number, number];
    expect([textLeft >= left, textLeft + 50 <= left + width, baseline > top, baseline < top + height]).toEqual([true, true, true, true]);
  });
});
