import type { ItemView, Operation, Receipt, Suggestion } from "../generated/schema";

/** How an item was decided. */
export type Standing = Pick<ItemView, "state" | "edited">;

/** What this page needs in order to take back by itself what it did. */
export interface Own<Change> {
  readonly kind: Operation["kind"];
  /** Null where the value stayed as it was. */
  readonly change: Change | null;
  readonly inverse: Change | null;
  /** The suggestions that it answered. */
  readonly answers: readonly Suggestion[];
  readonly before: Standing;
  readonly after: Standing;
}

/** Something that can be taken back: one operation, or several that were made as one. */
export interface Step<Change> {
  readonly ids: readonly string[];
  readonly batch: string | null;
  readonly index: number;
  /** Null where it was done elsewhere: the session takes it back. */
  readonly own: Own<Change> | null;
}

/** The newest steps of the history that the store keeps, whoever made them, as far as this page has heard of them. */
export interface History<Change> {
  /** A new gesture of this page; what was taken back before can no longer be brought back. */
  push(step: Step<Change>): void;
  /** The step that would be taken back, or brought back; null where this page knows of none. */
  next(forward: boolean): Step<Change> | null;
  /** The next step was taken back, or brought back, by the operation of this id; null when it no longer fits. */
  took(forward: boolean, id: string | null): void;
  /** Something happened elsewhere; `pending` are this page's own operations that are not durable and so come after it. */
  hear(receipt: Receipt, pending: ReadonlySet<string>): void;
}

/** Bytes of changes that a page keeps to take back by itself, over all items; what is older the session takes back. */
const MOST_BYTES = 64e6;

export function createHistory<Change>(bytes: (change: Change) => number = () => 0): History<Change> {
  const done: Step<Change>[] = [];
  const taken: Step<Change>[] = [];

  /** Takes the step with an operation out of a stack, or the operation out of its step where others of its batch remain. */
  function pull(stack: Step<Change>[], id: string | null): Step<Change> | null {
    const place = stack.findIndex(({ ids }) => id !== null && ids.includes(id));
    const step = stack[place];
    if (!step) return null;
    const rest = step.ids.filter((one) => one !== id);
    if (rest.length > 0) stack[place] = { ...step, ids: rest };
    else stack.splice(place, 1);
    return step;
  }

  function put(stack: Step<Change>[], step: Step<Change>, pending: ReadonlySet<string> = new Set()): void {
    const mate = stack.findIndex(({ batch }) => batch !== null && batch === step.batch);
    const found = stack[mate];
    if (found) {
      stack[mate] = { ...found, ids: [...found.ids, ...step.ids] };
      return;
    }
    let place = stack.length;
    while (place > 0 && stack[place - 1]?.ids.some((id) => pending.has(id))) place -= 1;
    stack.splice(place, 0, step);
  }

  /** Leaves the oldest steps to the session once all of them together are too large. */
  function forget(): void {
    let sum = 0;
    for (let place = done.length - 1; place >= 0; place -= 1) {
      const step = done[place] as Step<Change>;
      for (const change of [step.own?.change, step.own?.inverse]) sum += change ? bytes(change) : 0;
      if (sum > MOST_BYTES && place < done.length - 1) done[place] = { ...step, own: null };
    }
  }

  return {
    push(step) {
      done.push(step);
      taken.length = 0;
      forget();
    },
    next: (forward) => (forward ? taken : done).at(-1) ?? null,
    took(forward, id) {
      const step = (forward ? taken : done).pop();
      if (step && id !== null) (forward ? done : taken).push({ ...step, ids: [id] });
    },
    hear({ operation, role, index }, pending) {
      const step = { ids: [operation.id], batch: operation.batch, index };
      if (role === "do") {
        put(done, { ...step, own: null }, pending);
        taken.length = 0;
        return;
      }
      const [from, to] = role === "undo" ? [done, taken] : [taken, done];
      const own = pull(from, operation.undoes)?.own ?? null;
      put(to, { ...step, own }, pending);
    },
  };
}
