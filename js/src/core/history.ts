import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Suggestion } from "../generated/schema";

/** A gesture that can be taken back: where it happened, what it did, and what undoes it. */
export interface Step<Change> {
  /** Id of the operation that did it. */
  readonly id: string;
  readonly index: number;
  /** Null where the value stayed as it was. */
  readonly change: Change | null;
  readonly inverse: Change | null;
  /** The suggestions that it answered. */
  readonly answers: readonly Suggestion[];
}

export interface History<Change> {
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
  /** A new gesture; what was undone before it can no longer be redone. */
  push(step: Step<Change>): void;
  /** The step that would be taken; for what must be made ready first. */
  nextUndo(): Step<Change> | null;
  nextRedo(): Step<Change> | null;
  takeUndo(): Step<Change> | null;
  takeRedo(): Step<Change> | null;
  /** Puts back what was just undone (to redo) or redone (to undo), under the id of the operation that did so. */
  undone(step: Step<Change>): void;
  redone(step: Step<Change>): void;
}

/** The gestures of this page, over all items, newest last. */
export function createHistory<Change>(): History<Change> {
  const done = signal<readonly Step<Change>[]>([]);
  const taken = signal<readonly Step<Change>[]>([]);

  function pop(stack: typeof done): Step<Change> | null {
    const step = stack.value.at(-1) ?? null;
    stack.value = stack.value.slice(0, -1);
    return step;
  }

  return {
    canUndo: computed(() => done.value.length > 0),
    canRedo: computed(() => taken.value.length > 0),
    push(step) {
      done.value = [...done.value, step];
      taken.value = [];
    },
    nextUndo: () => done.value.at(-1) ?? null,
    nextRedo: () => taken.value.at(-1) ?? null,
    takeUndo: () => pop(done),
    takeRedo: () => pop(taken),
    undone(step) {
      taken.value = [...taken.value, step];
    },
    redone(step) {
      done.value = [...done.value, step];
    },
  };
}
