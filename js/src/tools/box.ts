import { between, clip, type Rectangle } from "../core/rectangle";
import { created } from "../core/shapes";
import { makeId } from "../core/transport";
import { type Point, toScreen } from "../core/viewport";
import { type BoxScene, boxAt, createBoxEdit } from "./boxes";
import type { PointerAt, StageTool } from "./tool";

/** A box needs this many screen pixels a side, or it was a slip of the hand. */
const SMALLEST_ON_SCREEN = 3;

/** Draws boxes: by a drag, or by a click on each of two opposite corners. A click on a box selects it, its handles resize it. */
export function createBoxTool(scene: BoxScene): StageTool {
  const edit = createBoxEdit(scene);
  /** Where the press began. */
  let pressed: Point | null = null;
  /** First corner of a box drawn by clicks. */
  let corner: Point | null = null;
  /** The opposite corner so far. */
  let reached: PointerAt | null = null;
  let dragging = false;

  function open(): Rectangle | null {
    const from = corner ?? (dragging ? pressed : null);
    return from && reached ? clip(between(from, reached.at), scene.image.value) : null;
  }

  function reset(): void {
    pressed = null;
    corner = null;
    dragging = false;
  }

  function draw(): void {
    const rectangle = open();
    const smallest = Math.max(((reached?.tremble ?? 0) / 4) * SMALLEST_ON_SCREEN, 1);
    reset();
    if (!rectangle || rectangle.width < smallest || rectangle.height < smallest) return;
    const box = { id: makeId(), label: scene.label.value, ...rectangle };
    scene.commit(created(box));
    scene.mark(box.id);
  }

  function click(pointer: PointerAt): void {
    const hit = pointer.shift ? null : boxAt(scene.reachable.value, pointer.at);
    if (hit) scene.select([hit.id]);
    else {
      scene.select([]);
      corner = pointer.at;
    }
    pressed = null;
  }

  return {
    cursor: (pointer) => (corner ? "crosshair" : (edit.cursor(pointer) ?? "crosshair")),
    down(pointer) {
      reached = pointer;
      if (!corner && !pointer.shift && edit.grabHandle(pointer)) return true;
      pressed = pointer.at;
      return true;
    },
    drag(pointer) {
      reached = pointer;
      if (edit.active.value) return edit.drag(pointer);
      if (!pressed || corner) return;
      dragging ||= Math.hypot(pointer.at.x - pressed.x, pointer.at.y - pressed.y) >= pointer.tremble;
    },
    up(pointer) {
      reached = pointer;
      if (edit.active.value) edit.drop();
      else if (dragging || corner) draw();
      else if (pressed) click(pointer);
    },
    hover(pointer) {
      reached = pointer ?? reached;
      scene.hovered.value = pointer && !corner ? (boxAt(scene.reachable.value, pointer.at)?.id ?? null) : null;
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
    draw(context, view) {
      const rectangle = open();
      if (!rectangle || !reached) return;
      const from = toScreen(view, { x: rectangle.left, y: rectangle.top });
      const width = rectangle.width * view.zoom;
      const height = rectangle.height * view.zoom;
      context.setLineDash([5, 4]);
      context.lineWidth = 3;
      context.strokeStyle = "rgba(0, 0, 0, 0.6)";
      context.strokeRect(from.x, from.y, width, height);
      context.lineWidth = 1.5;
      context.strokeStyle = "#fff";
      context.strokeRect(from.x, from.y, width, height);
      context.setLineDash([]);
      const text = `${Math.round(rectangle.width)} × ${Math.round(rectangle.height)}`;
      const at = toScreen(view, reached.at);
      context.font = "12px system-ui, sans-serif";
      const wide = context.measureText(text).width + 10;
      const { clientWidth, clientHeight } = context.canvas;
      const x = inside(at.x + 10 + wide > clientWidth ? at.x - 10 - wide : at.x + 10, clientWidth - wide);
      const y = inside(at.y + 32 > clientHeight ? at.y - 32 : at.y + 12, clientHeight - 20);
      context.fillStyle = "rgba(0, 0, 0, 0.75)";
      context.fillRect(x, y, wide, 20);
      context.fillStyle = "#fff";
      context.fillText(text, x + 5, y + 14);
    },
  };
}

function inside(place: number, last: number): number {
  return Math.min(Math.max(place, 0), last);
}
