import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { BoxIndex } from "../core/box-index";
import { type Frame, type Handle, handleAt, move, overlaps, type Rectangle, resize, sameRectangle } from "../core/rectangle";
import { created, type ShapeChange, updated } from "../core/shapes";
import { type Guides, guidesAt, guidesOf, snapMovement } from "../core/snap";
import { makeId } from "../core/transport";
import type { Point, Size, Viewport } from "../core/viewport";
import type { Box } from "../generated/schema";
import { drawGuides, drawSize } from "./readout";
import type { PointerAt } from "./tool";

/** What the box tools share: the boxes of the item and how to change them. */
export interface BoxScene {
  readonly boxes: ReadonlySignal<readonly Box[]>;
  /** Those of the value, without suggestions. */
  readonly own: ReadonlySignal<readonly Box[]>;
  /** Those that are not hidden. */
  readonly visible: ReadonlySignal<readonly Box[]>;
  /** Those that a pointer can take hold of: neither hidden nor locked. */
  readonly reachable: ReadonlySignal<BoxIndex<Box>>;
  readonly image: ReadonlySignal<Size>;
  /** What boxes stay inside of. */
  readonly frame: ReadonlySignal<Frame>;
  /** Whether edges are drawn to those of the image and of other boxes. */
  readonly snap: ReadonlySignal<boolean>;
  readonly selection: Signal<readonly string[]>;
  readonly hovered: Signal<string | null>;
  /** A box shown other than it is, while it is dragged. */
  readonly preview: Signal<Box | null>;
  readonly label: ReadonlySignal<string>;
  commit(change: ShapeChange<Box>): void;
  /** Says why nothing happens. */
  inform(message: string): void;
  /** Selects what a person chose. */
  select(ids: readonly string[]): void;
  /** Shows the handles of a box that was just drawn; class keys are for the next one. */
  mark(id: string): void;
}

/** A new box needs this many screen pixels a side, or it was a slip of the hand. */
const SMALLEST_ON_SCREEN = 3;

/** Adds a box of the active label, unless it is too small or lies beside the image. */
export function addBox(scene: BoxScene, rectangle: Rectangle, pixel: number): void {
  const smallest = Math.max(pixel * SMALLEST_ON_SCREEN, 1);
  const problem =
    rectangle.width < smallest || rectangle.height < smallest
      ? "Too small for a box. Go further from corner to corner, or zoom in."
      : overlaps(rectangle, wholeImage(scene))
        ? null
        : "That box lies beside the image.";
  if (problem !== null) {
    scene.inform(problem);
    return;
  }
  const box = { id: makeId(), label: scene.label.value, ...rectangle, attributes: {} };
  scene.commit(created(box));
  scene.mark(box.id);
}

function wholeImage({ image }: BoxScene): Rectangle {
  const { width, height } = image.value; // an ImageBitmap has them from its prototype
  return { left: 0, top: 0, width, height };
}

/** Lines to which the edges of a box are drawn, none when that is off. */
export function guidesFor(scene: BoxScene, except: string | null): Guides {
  if (!scene.snap.value) return { x: [], y: [] };
  return guidesOf(
    scene.image.value,
    scene.visible.value.filter(({ id }) => id !== except),
  );
}

/** The one selected box, if it can be changed. */
export function selectedBox(scene: BoxScene): Box | null {
  const [id, ...others] = scene.selection.value;
  return id !== undefined && others.length === 0 ? scene.reachable.value.of(id) : null;
}

/** Says why there is no one selected box that can be changed. */
export function askForBox(scene: BoxScene): void {
  const { length } = scene.selection.value;
  if (length === 0) scene.inform("Select a box first: click it, or take it from the list.");
  else if (length > 1) scene.inform("Select one box only.");
  else scene.inform("This box is hidden or locked.");
}

/** Whether a box has an area, and some of it on the image. */
export function isSound(scene: BoxScene, box: Rectangle): boolean {
  return box.width > 0 && box.height > 0 && overlaps(box, wholeImage(scene));
}

const CURSORS: Record<Handle, string> = {
  nw: "nwse-resize",
  se: "nwse-resize",
  ne: "nesw-resize",
  sw: "nesw-resize",
  n: "ns-resize",
  s: "ns-resize",
  e: "ew-resize",
  w: "ew-resize",
};

export interface BoxEdit {
  readonly active: ReadonlySignal<boolean>;
  cursor(pointer: PointerAt): string | null;
  /** Takes hold of a handle of the selected box. */
  grabHandle(pointer: PointerAt): boolean;
  grabBox(box: Box, pointer: PointerAt): void;
  drag(pointer: PointerAt): void;
  drop(): void;
  cancel(): boolean;
  draw(context: CanvasRenderingContext2D, view: Viewport): void;
}

/** Moving a box and resizing it by its handles. */
export function createBoxEdit(scene: BoxScene): BoxEdit {
  const active = signal(false);
  let start: { box: Box; handle: Handle | null; at: Point } | null = null;
  let now: Point | null = null;

  function grab(box: Box, handle: Handle | null, at: Point): void {
    start = { box, handle, at };
    active.value = true;
  }

  function reshaped(from: Rectangle, handle: Handle | null, by: Point): Rectangle {
    return handle ? resize(from, handle, by, scene.frame.value) : move(from, by, scene.frame.value);
  }

  function end(): void {
    start = null;
    active.value = false;
    scene.preview.value = null;
  }

  return {
    active,
    cursor(pointer) {
      const box = selectedBox(scene);
      const handle = box && handleAt(box, pointer.at, pointer.reach);
      return handle ? CURSORS[handle] : null;
    },
    grabHandle(pointer) {
      const box = selectedBox(scene);
      const handle = box && handleAt(box, pointer.at, pointer.reach);
      if (!box || !handle) return false;
      grab(box, handle, pointer.at);
      return true;
    },
    grabBox: (box, pointer) => grab(box, null, pointer.at),
    drag({ at, tremble, reach }) {
      if (!start) return;
      const { box, handle } = start;
      const by = { x: at.x - start.at.x, y: at.y - start.at.y };
      if (!scene.preview.value && Math.hypot(by.x, by.y) < tremble) return;
      const more = snapMovement(reshaped(box, handle, by), handle, guidesFor(scene, box.id), reach);
      scene.preview.value = { ...box, ...reshaped(box, handle, { x: by.x + more.x, y: by.y + more.y }) };
      now = at;
    },
    drop() {
      const before = start?.box;
      const after = scene.preview.value;
      end();
      if (!before || !after) return;
      if (!isSound(scene, after)) scene.inform("A box must have some of the image in it. It is where it was.");
      else if (!sameRectangle(before, after)) scene.commit(updated(after));
    },
    cancel() {
      if (!start) return false;
      end();
      return true;
    },
    draw(context, view) {
      const preview = scene.preview.value;
      if (!preview || !now) return;
      drawGuides(context, view, guidesAt(preview, guidesFor(scene, preview.id)));
      drawSize(context, view, preview, now);
    },
  };
}
