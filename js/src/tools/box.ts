import { between, clip, type Rectangle } from "../core/rectangle";
import { guidesAt, snapPoint } from "../core/snap";
import type { Point } from "../core/viewport";
import { addBox, type BoxScene, createBoxEdit, guidesFor } from "./boxes";
import { drawCrosshair, drawGuides, drawOutline, drawSize } from "./readout";
import type { PointerAt, StageTool } from "./tool";

/** Draws boxes: by a drag, or by a click on each of two opposite corners. A click on a box selects it, its handles resize it. */
export function createBoxTool(scene: BoxScene): StageTool {
  const edit = createBoxEdit(scene);
  /** Where the press began, on the guides if there are any, and where the pointer was then. */
  let pressed: Point | null = null;
  let start: Point = { x: 0, y: 0 };
  /** First corner of a box drawn by clicks. */
  let corner: Point | null = null;
  /** The opposite corner so far. */
  let reached: PointerAt | null = null;
  let dragging = false;

  function open(): Rectangle | null {
    const from = corner ?? (dragging ? pressed : null);
    return from && reached ? clip(between(from, snapped(reached)), scene.frame.value) : null;
  }

  function snapped({ at, reach }: PointerAt): Point {
    return snapPoint(at, guidesFor(scene, null), reach);
  }

  function reset(): void {
    pressed = null;
    corner = null;
    dragging = false;
  }

  function draw(): void {
    const rectangle = open();
    reset();
    if (rectangle) addBox(scene, rectangle, (reached?.tremble ?? 0) / 4);
  }

  function click(pointer: PointerAt): void {
    const hit = pointer.shift ? null : scene.reachable.value.at(pointer.at);
    if (hit) scene.select([hit.id]);
    else {
      scene.select([]);
      corner = snapped(pointer);
    }
    pressed = null;
  }

  return {
    cursor: (pointer) => (corner ? "crosshair" : (edit.cursor(pointer) ?? "crosshair")),
    down(pointer) {
      reached = pointer;
      if (!corner && !pointer.shift && edit.grabHandle(pointer)) return true;
      pressed = snapped(pointer);
      start = pointer.at;
      return true;
    },
    drag(pointer) {
      reached = pointer;
      if (edit.active.value) return edit.drag(pointer);
      if (!pressed || corner) return;
      dragging ||= Math.hypot(pointer.at.x - start.x, pointer.at.y - start.y) >= pointer.tremble;
    },
    up(pointer) {
      reached = pointer;
      if (edit.active.value) edit.drop();
      else if (dragging || corner) draw();
      else if (pressed) click(pointer);
    },
    hover(pointer) {
      reached = pointer ?? (corner ? reached : null);
      scene.hovered.value = pointer && !corner ? (scene.reachable.value.at(pointer.at)?.id ?? null) : null;
    },
    finish() {
      if (!corner) return false;
      draw();
      return true;
    },
    cancel() {
      if (edit.cancel()) return true;
      const had = corner !== null || dragging;
      reset();
      return had;
    },
    drop() {
      if (!edit.cancel() && !corner) reset();
      pressed = null;
    },
    draw(context, view) {
      edit.draw(context, view);
      if (!reached || edit.active.value) return;
      const rectangle = open();
      if (rectangle || edit.cursor(reached) === null) drawCrosshair(context, view, snapped(reached));
      if (!rectangle) return;
      drawGuides(context, view, guidesAt(rectangle, guidesFor(scene, null)));
      drawOutline(context, view, rectangle);
      drawSize(context, view, rectangle, reached.at);
    },
  };
}
