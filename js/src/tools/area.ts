import { polygonSpans } from "../core/polygon";
import type { Point } from "../core/viewport";
import { drawKnot, type MaskScene, traceLine } from "./masks";
import type { PointerAt, StageTool } from "./tool";

const KNOT = 7;

/** What a shape that is being drawn is, beside its points. */
interface Open {
  readonly points: Point[];
  readonly erase: boolean;
}

function fill(scene: MaskScene, { points, erase }: Open): void {
  const draft = scene.begin(erase);
  const mask = scene.mask.value;
  if (draft && mask) polygonSpans(points, mask.height, draft.span);
  scene.end(true);
}

/**
 * Fills a polygon: a click sets a corner, a drag draws a free line between two; the first corner, Enter or a double click closes it.
 *
 * A polygon whose corners are drawn with the right button takes classes away.
 */
export function createPolygonTool(scene: MaskScene): StageTool & { stepBack(): boolean } {
  let open: Open | null = null;
  let reached: Point | null = null;
  let pressed: Point | null = null;
  let dragging = false;
  /** Corners that were there before the press. */
  let kept = 0;

  function close(): boolean {
    if (!open) return false;
    if (open.points.length < 3) {
      scene.inform("A polygon needs three corners. Click more of them, or press Esc to drop it.");
      return true;
    }
    const done = open;
    open = null;
    fill(scene, done);
    return true;
  }

  function closes({ at, reach }: PointerAt): boolean {
    const first = open?.points[0];
    const last = open?.points.at(-1);
    const near = (point: Point | undefined, distance: number) => point !== undefined && Math.hypot(at.x - point.x, at.y - point.y) <= distance;
    return (open?.points.length ?? 0) >= 3 && (near(first, reach) || near(last, reach / 4));
  }

  return {
    cursor: (pointer) => (closes(pointer) ? "pointer" : "crosshair"),
    secondary: true,
    down(pointer) {
      reached = pointer.at;
      pressed = pointer.at;
      dragging = false;
      if (closes(pointer)) {
        close();
        pressed = null;
        return true;
      }
      kept = open?.points.length ?? 0;
      open ??= { points: [], erase: pointer.secondary };
      open.points.push(pointer.at);
      return true;
    },
    drag({ at, tremble }) {
      reached = at;
      if (!pressed || !open) return;
      dragging ||= Math.hypot(at.x - pressed.x, at.y - pressed.y) >= tremble;
      const last = open.points.at(-1);
      if (dragging && last && Math.hypot(at.x - last.x, at.y - last.y) >= tremble / 2) open.points.push(at);
    },
    up() {
      pressed = null;
    },
    hover(pointer) {
      reached = pointer?.at ?? reached;
    },
    finish: close,
    cancel() {
      const had = open !== null;
      open = null;
      pressed = null;
      return had;
    },
    stepBack() {
      if (!open) return false;
      open.points.pop();
      if (open.points.length === 0) open = null;
      return true;
    },
    drop() {
      if (pressed && open) open.points.length = kept;
      if (kept === 0) open = null;
      pressed = null;
    },
    draw(context, view) {
      if (!open) return;
      const points = reached && !pressed ? [...open.points, reached] : open.points;
      traceLine(context, view, points, points.length > 2);
      const [first, last] = [open.points[0], open.points.at(-1)];
      if (last) drawKnot(context, view, last, KNOT - 2);
      if (first) drawKnot(context, view, first, KNOT);
    },
  };
}

/** Fills what a free line goes around: a drag, or a click to begin and a click to end. The right button takes classes away. */
export function createFreehandTool(scene: MaskScene): StageTool {
  let open: Open | null = null;
  let pressed: Point | null = null;
  let dragging = false;

  function follow({ at, tremble }: PointerAt): void {
    const last = open?.points.at(-1);
    if (last && Math.hypot(at.x - last.x, at.y - last.y) >= tremble / 4) open?.points.push(at);
  }

  function close(): boolean {
    const done = open;
    open = null;
    if (done && done.points.length > 2) fill(scene, done);
    return done !== null;
  }

  return {
    cursor: () => "crosshair",
    secondary: true,
    down(pointer) {
      if (open) {
        close();
        return true;
      }
      open = { points: [pointer.at], erase: pointer.secondary };
      pressed = pointer.at;
      dragging = false;
      return true;
    },
    drag(pointer) {
      if (pressed) dragging ||= Math.hypot(pointer.at.x - pressed.x, pointer.at.y - pressed.y) >= pointer.tremble;
      follow(pointer);
    },
    up() {
      pressed = null;
      if (dragging) close();
      dragging = false;
    },
    hover(pointer) {
      if (pointer) follow(pointer);
    },
    finish: close,
    cancel() {
      const had = open !== null;
      open = null;
      pressed = null;
      return had;
    },
    draw(context, view) {
      if (open) traceLine(context, view, open.points, true);
    },
  };
}

/** Fills a rectangle of whole pixels: a drag, or a click on each of two corners. The right button takes classes away. */
export function createRectangleTool(scene: MaskScene): StageTool {
  let from: Point | null = null;
  let reached: Point | null = null;
  let erase = false;
  /** The first corner was clicked, the second is still to come. */
  let clicked = false;
  let dragging = false;

  function corners(): readonly [number, number, number, number] | null {
    const mask = scene.mask.value;
    if (!from || !reached || !mask) return null;
    const along = (one: number, other: number, length: number) => [
      Math.min(Math.max(Math.floor(Math.min(one, other)), 0), length),
      Math.min(Math.max(Math.floor(Math.max(one, other)) + 1, 0), length),
    ];
    const [left = 0, right = 0] = along(from.x, reached.x, mask.width);
    const [top = 0, bottom = 0] = along(from.y, reached.y, mask.height);
    return [left, top, right, bottom];
  }

  function drop(): boolean {
    const had = from !== null;
    from = null;
    clicked = false;
    dragging = false;
    return had;
  }

  function close(): boolean {
    const found = corners();
    if (!drop() || !found) return false;
    const [left, top, right, bottom] = found;
    const draft = scene.begin(erase);
    for (let row = top; row < bottom; row += 1) draft?.span(row, left, right);
    scene.end(true);
    return true;
  }

  return {
    cursor: () => "crosshair",
    secondary: true,
    down({ at, secondary }) {
      reached = at;
      if (clicked) return true;
      from = at;
      erase = secondary;
      return true;
    },
    drag({ at, tremble }) {
      reached = at;
      if (from) dragging ||= Math.hypot(at.x - from.x, at.y - from.y) >= tremble;
    },
    up({ at }) {
      reached = at;
      if (dragging || clicked) close();
      else clicked = from !== null;
    },
    hover(pointer) {
      reached = pointer?.at ?? reached;
    },
    finish: () => clicked && close(),
    cancel: drop,
    draw(context, view) {
      const found = corners();
      if (!found || !(dragging || clicked)) return;
      const [left, top, right, bottom] = found;
      const points = [
        { x: left, y: top },
        { x: right, y: top },
        { x: right, y: bottom },
        { x: left, y: bottom },
      ];
      traceLine(context, view, points, true);
    },
  };
}
