import type { ReadonlySignal } from "@preact/signals";
import { type Point, toImage, type Viewport } from "../core/viewport";
import type { PointerAt, StageTool } from "../tools/tool";

/** What gestures on a stage lead to. */
export interface Gestures {
  readonly tool: ReadonlySignal<StageTool>;
  /** Whether there is something to work on. */
  ready(): boolean;
  view(): Viewport;
  /** `at` in stage pixels. */
  zoom(factor: number, at: Point): void;
  /** By stage pixels. */
  moveBy(by: Point): void;
  repaint(): void;
}

const REACH_PX = 7;
const FINGER_REACH_PX = 16;
const TREMBLE_PX = 4;
const WHEEL_STEP = 1.0018;
const WHEEL_LINE_PX = 33;
/** A pinch on a track pad arrives as a small wheel with Ctrl. */
const PINCH_FACTOR = 4;
/** A pointer that moved over the stage this lately means the picture when the wheel turns; a resting one means the page. */
const INTENT_MS = 1_500;

/** Turns pointers, wheel and the space bar into the work of tools, pan and zoom, until `life` ends. */
export function listen(element: HTMLElement, stage: Gestures, life: AbortSignal): void {
  const pointers = new Map<number, Point>();
  let gesture: "tool" | "pan" | "pinch" | null = null;
  /** The pen that is down. */
  let pen: number | null = null;
  /** The button with which the gesture began. */
  let held = 0;
  let space = false;
  let intent = Number.NEGATIVE_INFINITY;

  function place(event: MouseEvent): Point {
    const corner = element.getBoundingClientRect();
    return { x: event.clientX - corner.left, y: event.clientY - corner.top };
  }

  function pointer(event: PointerEvent): PointerAt {
    const view = stage.view();
    const reach = (event.pointerType === "touch" ? FINGER_REACH_PX : REACH_PX) / view.zoom;
    const secondary = gesture === "tool" ? held === 2 : isSecondary(event);
    return { at: toImage(view, place(event)), reach, tremble: TREMBLE_PX / view.zoom, shift: event.shiftKey, secondary };
  }

  function begin(event: PointerEvent): typeof gesture {
    if (pointers.size === 2) {
      forgetPress();
      return "pinch";
    }
    if (!stage.ready()) return null;
    if (event.button === 1 || (event.button === 0 && space)) return "pan";
    held = isSecondary(event) ? 2 : 0;
    if (!wants(stage.tool.peek(), event)) return null;
    return stage.tool.peek().down(pointer(event)) ? "tool" : "pan";
  }

  function forgetPress(): void {
    const tool = stage.tool.peek();
    if (gesture !== "tool") return;
    if (tool.drop) tool.drop();
    else tool.cancel();
  }

  /** A hand that rests on the screen beside a pen means nothing. */
  function isPalm(event: PointerEvent): boolean {
    if (event.pointerType === "touch" && pen !== null) return true;
    if (event.pointerType !== "pen") return false;
    forgetPress();
    pointers.clear();
    pen = event.pointerId;
    return false;
  }

  function carryOn(event: PointerEvent, before: Point): void {
    const now = place(event);
    if (gesture === "tool") stage.tool.peek().drag(pointer(event));
    if (gesture === "pan") stage.moveBy({ x: now.x - before.x, y: now.y - before.y });
    if (gesture === "pinch") pinch(event, before, now);
    pointers.set(event.pointerId, now);
  }

  function pinch(event: PointerEvent, before: Point, now: Point): void {
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return;
    const spread = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(Math.hypot(before.x - other.x, before.y - other.y), 1);
    stage.zoom(spread, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    stage.moveBy({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
  }

  function end(event: PointerEvent): void {
    if (event.pointerId === pen) pen = null;
    if (!pointers.delete(event.pointerId)) return;
    if (gesture === "tool" && event.type === "pointerup") stage.tool.peek().up(pointer(event));
    else if (gesture === "tool") stage.tool.peek().cancel();
    if (pointers.size === 0) gesture = null;
    after(event);
  }

  function after(event: PointerEvent): void {
    const hand = gesture === "pan" ? "grabbing" : space ? "grab" : null;
    element.style.cursor = hand ?? (stage.ready() ? stage.tool.peek().cursor(pointer(event)) : "default");
    stage.repaint();
  }

  const on = <Kind extends keyof HTMLElementEventMap>(kind: Kind, handle: (event: HTMLElementEventMap[Kind]) => void) =>
    element.addEventListener(kind, handle, { signal: life, passive: false });

  on("pointerdown", (event) => {
    element.focus({ preventScroll: true });
    event.preventDefault();
    if (isPalm(event)) return;
    pointers.set(event.pointerId, place(event));
    element.setPointerCapture(event.pointerId);
    gesture = pointers.size === 1 || pointers.size === 2 ? begin(event) : gesture;
    after(event);
  });
  on("pointermove", (event) => {
    if (event.movementX !== 0 || event.movementY !== 0) intent = event.timeStamp;
    const before = pointers.get(event.pointerId);
    if (before) carryOn(event, before);
    else if (stage.ready()) stage.tool.peek().hover(pointer(event));
    after(event);
  });
  on("pointerup", end);
  on("pointercancel", end);
  on("pointerleave", () => {
    intent = Number.NEGATIVE_INFINITY;
    stage.tool.peek().hover(null);
    stage.repaint();
  });
  on("contextmenu", (event) => {
    event.preventDefault();
    event.stopPropagation();
  });
  on("wheel", (event) => {
    const meant = event.ctrlKey || event.metaKey || event.timeStamp - intent < INTENT_MS;
    if (!meant || !stage.ready()) return;
    event.preventDefault();
    event.stopPropagation();
    intent = event.timeStamp;
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1);
    stage.zoom(WHEEL_STEP ** (-pixels * (event.ctrlKey ? PINCH_FACTOR : 1)), place(event));
  });
  on("keydown", (event) => {
    if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    space = true;
    element.style.cursor = "grab";
  });
  on("keyup", (event) => {
    if (event.key === " ") space = false;
  });
  on("blur", () => {
    space = false;
  });
}

const RIGHT = 2;
/** The back end of a pen (Pointer Events, 10.1.3). */
const PEN_ERASER = 5;

function wants(tool: StageTool, event: PointerEvent): boolean {
  return event.button === 0 || (isSecondary(event) && tool.secondary === true);
}

function isSecondary({ button }: PointerEvent): boolean {
  return button === RIGHT || button === PEN_ERASER;
}
