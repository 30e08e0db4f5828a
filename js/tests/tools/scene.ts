import { computed, type Signal, signal } from "@preact/signals";
import { indexBoxes } from "../../src/core/box-index";
import type { Frame } from "../../src/core/rectangle";
import { applyShapes, type ShapeChange } from "../../src/core/shapes";
import type { Box } from "../../src/generated/schema";
import type { BoxScene } from "../../src/tools/boxes";
import type { PointerAt } from "../../src/tools/tool";
import { HEIGHT, WIDTH } from "../support/session";

export interface Bench extends BoxScene {
  readonly boxes: Signal<readonly Box[]>;
  /** All that was committed. */
  readonly changes: ShapeChange<Box>[];
  /** All that was said. */
  readonly told: string[];
  readonly chosen: Signal<boolean>;
  readonly snap: Signal<boolean>;
  readonly frame: Signal<Frame>;
}

/** A scene on an image of 100 × 80 pixels, without stage, labeler and session. */
export function bench(...given: Box[]): Bench {
  const boxes = signal<readonly Box[]>(given);
  const selection = signal<readonly string[]>([]);
  const chosen = signal(false);
  const snap = signal(false);
  const frame = signal<Frame>({ width: WIDTH, height: HEIGHT });
  const told: string[] = [];
  const changes: ShapeChange<Box>[] = [];
  return {
    boxes,
    visible: boxes,
    reachable: computed(() => indexBoxes(boxes.value)),
    own: boxes,
    frame,
    snap,
    changes,
    told,
    inform: (message) => told.push(message),
    chosen,
    selection,
    image: signal({ width: WIDTH, height: HEIGHT }),
    hovered: signal(null),
    preview: signal(null),
    label: computed(() => "cat"),
    commit(change) {
      changes.push(change);
      boxes.value = applyShapes(boxes.value, change).value;
    },
    select(ids) {
      selection.value = ids;
      chosen.value = ids.length > 0;
    },
    mark(id) {
      selection.value = [id];
      chosen.value = false;
    },
  };
}

/** A mouse at image pixels, where one image pixel is one of the screen's. */
export function at(x: number, y: number, precision: Partial<PointerAt> = {}): PointerAt {
  return { at: { x, y }, reach: 7, tremble: 4, shift: false, secondary: false, ...precision };
}
