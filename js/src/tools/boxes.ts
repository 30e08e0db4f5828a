import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { contains, type Handle, handleAt, move, type Rectangle, resize, sameRectangle } from "../core/rectangle";
import { type ShapeChange, updated } from "../core/shapes";
import type { Point, Size } from "../core/viewport";
import type { Box } from "../generated/schema";
import type { PointerAt } from "./tool";

/** What the box tools share: the boxes of the item and how to change them. */
export interface BoxScene {
  readonly boxes: ReadonlySignal<readonly Box[]>;
  /** Those that are not hidden. */
  readonly visible: ReadonlySignal<readonly Box[]>;
  /** Those that a pointer can take hold of: neither hidden nor locked. */
  readonly reachable: ReadonlySignal<readonly Box[]>;
  readonly image: ReadonlySignal<Size>;
  readonly selection: Signal<readonly string[]>;
  readonly hovered: Signal<string | null>;
  /** A box shown other than it is, while it is dragged. */
  readonly preview: Signal<Box | null>;
  readonly label: ReadonlySignal<string>;
  commit(change: ShapeChange<Box>): void;
  /** Selects what a person chose. */
  select(ids: readonly string[]): void;
  /** Shows the handles of a box that was just drawn; class keys are for the next one. */
  mark(id: string): void;
}

/** The box that a click means: the smallest one under the pointer, so that a box inside another can be reached. */
export function boxAt(boxes: readonly Box[], at: Point): Box | null {
  let found: Box | null = null;
  for (const box of boxes) {
    if (contains(box, at) && (!found || box.width * box.height <= found.width * found.height)) found = box;
  }
  return found;
}

/** The one selected box, if it can be changed. */
export function selectedBox(scene: BoxScene): Box | null {
  const [id, ...others] = scene.selection.value;
  return others.length === 0 ? (scene.reachable.value.find((box) => box.id === id) ?? null) : null;
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
}

/** Moving a box and resizing it by its handles. */
export function createBoxEdit(scene: BoxScene): BoxEdit {
  const active = signal(false);
  let start: { box: Box; handle: Handle | null; at: Point } | null = null;

  function grab(box: Box, handle: Handle | null, at: Point): void {
    start = { box, handle, at };
    active.value = true;
  }

  function reshaped(from: Rectangle, handle: Handle | null, by: Point): Rectangle {
    return handle ? resize(from, handle, by, scene.image.value) : move(from, by, scene.image.value);
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
    drag({ at, tremble }) {
      if (!start) return;
      const by = { x: at.x - start.at.x, y: at.y - start.at.y };
      if (!scene.preview.value && Math.hypot(by.x, by.y) < tremble) return;
      scene.preview.value = { ...start.box, ...reshaped(start.box, start.handle, by) };
    },
    drop() {
      const before = start?.box;
      const after = scene.preview.value;
      end();
      if (before && after && after.width > 0 && after.height > 0 && !sameRectangle(before, after)) scene.commit(updated(after));
    },
    cancel() {
      if (!start) return false;
      end();
      return true;
    },
  };
}
