import { signal } from "@preact/signals";
import type { Prompts } from "../core/proposals";
import { between } from "../core/rectangle";
import { type Point, toScreen, type Viewport } from "../core/viewport";
import { drawKnot, strokeTwice, traceLine } from "./masks";
import type { PointerAt, StageTool } from "./tool";

export interface SegmentScene {
  /** Looks for the mask of what was pointed at. */
  ask(prompts: Prompts): void;
  /** Makes the proposal a part of the mask; false when there is none. */
  accept(): boolean;
  drop(): void;
}

export interface AutoSegment extends StageTool {
  stepBack(): boolean;
}

const EXTREMES = 4;
const NOTHING: Prompts = { extremes: [], box: null, marks: [] };
const MARK = 9;

/**
 * Proposes the mask of an object: a click on each of its four extreme points, or a box around it by a drag.
 *
 * Then a click or a scribble adds what is missing, with Shift or the right button it takes away what is too much. Enter accepts, Esc drops.
 */
export function createAutoSegment(scene: SegmentScene): AutoSegment {
  const prompts = signal<Prompts>(NOTHING);
  let pressed: PointerAt | null = null;
  let line: Point[] = [];
  let reached: Point | null = null;
  let dragging = false;

  const begun = () => prompts.value.extremes.length === EXTREMES || prompts.value.box !== null;

  function put(next: Prompts): void {
    prompts.value = next;
    if (begun()) scene.ask(next);
    else scene.drop();
  }

  function reset(): boolean {
    const had = prompts.value !== NOTHING || pressed !== null;
    prompts.value = NOTHING;
    pressed = null;
    dragging = false;
    return had;
  }

  function release(pointer: PointerAt): void {
    if (!pressed) return;
    const { extremes, marks } = prompts.value;
    if (begun()) put({ ...prompts.value, marks: [...marks, { points: dragging ? line : [pressed.at], positive: isPositive(pressed) }] });
    else if (!dragging || extremes.length > 0) put({ ...NOTHING, extremes: [...extremes, pressed.at] });
    else {
      const { left, top, width, height } = between(pressed.at, pointer.at);
      if (width > 0 && height > 0) put({ ...NOTHING, box: { left, top, width, height } });
    }
  }

  function drawBox(context: CanvasRenderingContext2D, view: Viewport, one: Point, other: Point): void {
    traceLine(context, view, [one, { x: other.x, y: one.y }, other, { x: one.x, y: other.y }], true);
  }

  return {
    cursor: () => "crosshair",
    secondary: true,
    down(pointer) {
      pressed = pointer;
      reached = pointer.at;
      line = [pointer.at];
      dragging = false;
      return true;
    },
    drag(pointer) {
      reached = pointer.at;
      if (!pressed) return;
      dragging ||= Math.hypot(pointer.at.x - pressed.at.x, pointer.at.y - pressed.at.y) >= pointer.tremble;
      line.push(pointer.at);
    },
    up(pointer) {
      release(pointer);
      pressed = null;
      dragging = false;
    },
    hover(pointer) {
      reached = pointer?.at ?? null;
    },
    finish() {
      if (!scene.accept()) return false;
      reset();
      return true;
    },
    cancel() {
      scene.drop();
      return reset();
    },
    stepBack() {
      const { extremes, box, marks } = prompts.value;
      if (prompts.value === NOTHING) return false;
      if (marks.length > 0) put({ ...prompts.value, marks: marks.slice(0, -1) });
      else if (box !== null || extremes.length === 1) {
        scene.drop();
        reset();
      } else put({ ...NOTHING, extremes: extremes.slice(0, -1) });
      return true;
    },
    draw(context, view) {
      const { extremes, box, marks } = prompts.value;
      if (box && marks.length === 0) drawBox(context, view, ...cornersOf(box));
      for (const point of extremes) drawKnot(context, view, point, MARK);
      for (const { points, positive } of marks) drawMark(context, view, points, positive);
      if (!pressed || !reached || !dragging) return;
      if (begun()) drawMark(context, view, line, isPositive(pressed));
      else if (extremes.length === 0) drawBox(context, view, pressed.at, reached);
    },
  };
}

function isPositive({ shift, secondary }: PointerAt): boolean {
  return !(shift || secondary);
}

function cornersOf({ left, top, width, height }: NonNullable<Prompts["box"]>): [Point, Point] {
  return [
    { x: left, y: top },
    { x: left + width, y: top + height },
  ];
}

/** A green plus or a red minus, at the end of the line that was scribbled. */
function drawMark(context: CanvasRenderingContext2D, view: Viewport, points: readonly Point[], positive: boolean): void {
  const last = points.at(-1);
  if (!last) return;
  const color = positive ? "#1a7f37" : "#c62828";
  if (points.length > 1) {
    context.beginPath();
    for (const point of points) {
      const { x, y } = toScreen(view, point);
      context.lineTo(x, y);
    }
    strokeTwice(context);
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.stroke();
  }
  const { x, y } = toScreen(view, last);
  context.beginPath();
  context.arc(x, y, MARK, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.strokeStyle = "#fff";
  context.lineWidth = 2;
  context.stroke();
  context.beginPath();
  context.moveTo(x - MARK / 2, y);
  context.lineTo(x + MARK / 2, y);
  if (positive) {
    context.moveTo(x, y - MARK / 2);
    context.lineTo(x, y + MARK / 2);
  }
  context.stroke();
}
