import type { Draft } from "../core/draft";
import { type Point, toScreen } from "../core/viewport";
import { type MaskScene, strokeTwice } from "./masks";
import { createStamp, type Stamp, stampArea, strokeLine } from "./stamp";
import type { StageTool } from "./tool";

/**
 * Paints with the active class, or takes classes away; the right button does the opposite.
 *
 * Shift and a click draw a straight line from where the last stroke ended: what a drag does, by two clicks.
 */
export function createBrush(scene: MaskScene, erase: boolean): StageTool {
  let stroke: { draft: Draft; stamp: Stamp } | null = null;
  let last: Point | null = null;
  let hovered: Point | null = null;
  const stamp = () => createStamp(scene.brush.shape.value, scene.brush.size.value);

  function line(from: Point, to: Point): void {
    if (!stroke) return;
    scene.show(strokeLine(stroke.draft, stroke.stamp, from, to));
    last = to;
  }

  return {
    cursor: () => "none",
    secondary: true,
    down({ at, shift, secondary }) {
      const draft = scene.begin(erase !== secondary);
      if (!draft) return true;
      stroke = { draft, stamp: stamp() };
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
      const shown = stamp();
      const area = stampArea(shown, hovered);
      const corner = toScreen(view, { x: area.left, y: area.top });
      const across = shown.size * view.zoom;
      context.beginPath();
      if (scene.brush.shape.value === "square" || shown.size < 4) context.rect(corner.x, corner.y, across, across);
      else context.arc(corner.x + across / 2, corner.y + across / 2, across / 2, 0, 2 * Math.PI);
      strokeTwice(context);
      if (across >= 6) return;
      // A brush smaller than the hand can see: a cross around it shows where it is.
      const middle = { x: corner.x + across / 2, y: corner.y + across / 2 };
      context.beginPath();
      for (const [x, y] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        context.moveTo(middle.x + 6 * x, middle.y + 6 * y);
        context.lineTo(middle.x + 11 * x, middle.y + 11 * y);
      }
      strokeTwice(context);
    },
  };
}
