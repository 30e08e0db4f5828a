import type { Draft } from "../core/draft";
import { type Point, toScreen } from "../core/viewport";
import type { MaskScene } from "./masks";
import { createStamp, type Stamp, stampArea, strokeLine } from "./stamp";
import type { StageTool } from "./tool";

/** Paints with the active class, or takes classes away. Shift and a click draw a straight line from where the last stroke ended. */
export function createBrush(scene: MaskScene, erase: boolean): StageTool {
  let stroke: { draft: Draft; stamp: Stamp } | null = null;
  let last: Point | null = null;
  let hovered: Point | null = null;

  function line(from: Point, to: Point): void {
    if (!stroke) return;
    scene.show(strokeLine(stroke.draft, stroke.stamp, from, to));
    last = to;
  }

  return {
    cursor: () => "none",
    down({ at, shift }) {
      const draft = scene.begin(erase ? null : scene.label.value);
      if (!draft) return true;
      stroke = { draft, stamp: createStamp(scene.brush.shape.value, scene.brush.size.value) };
      line(shift && last ? last : at, at);
      return true;
    },
    drag({ at }) {
      hovered = at;
      if (last) line(last, at);
    },
    up() {
      if (stroke) scene.end(true);
      stroke = null;
    },
    hover(pointer) {
      hovered = pointer?.at ?? null;
    },
    finish: () => false,
    cancel() {
      const had = stroke !== null;
      if (had) scene.end(false);
      stroke = null;
      last = null;
      return had;
    },
    draw(context, view) {
      if (!hovered) return;
      const stamp = createStamp(scene.brush.shape.value, scene.brush.size.value);
      const area = stampArea(stamp, hovered);
      const corner = toScreen(view, { x: area.left, y: area.top });
      const across = stamp.size * view.zoom;
      for (const [color, width] of [
        ["rgba(0, 0, 0, 0.75)", 3],
        ["#fff", 1.25],
      ] as const) {
        context.strokeStyle = color;
        context.lineWidth = width;
        context.beginPath();
        if (scene.brush.shape.value === "square" || stamp.size === 1) context.rect(corner.x, corner.y, across, across);
        else context.arc(corner.x + across / 2, corner.y + across / 2, across / 2, 0, 2 * Math.PI);
        context.stroke();
      }
    },
  };
}
