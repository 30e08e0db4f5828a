import type { ItemView, Operation } from "../generated/schema";
import type { Standing } from "./history";
import { decided, touched } from "./item-states";
import { answering } from "./suggestions";
import type { TaskModule } from "./task";

interface Known<Value> {
  readonly view: ItemView;
  readonly value: Value;
}

/** Adds to an item fresh from the session what this browser still has to send, so that a reloaded page shows all that was drawn. */
export function addPending<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  fresh: Known<Value>,
  pending: readonly Operation[],
): Known<Value> {
  const before = new Map<string, Standing>();
  let known = fresh;
  for (const operation of pending) {
    before.set(operation.id, known.view);
    const { view, value } = operation.kind === "change" ? changed(task, known, operation) : decidedBy(known, operation, before);
    known = { value, view: { ...view, latest: operation.id } };
  }
  return known;
}

function changed<Value, Change, Media>(task: TaskModule<Value, Change, Media>, known: Known<Value>, operation: Operation): Known<Value> {
  try {
    const value = operation.change === null ? known.value : task.apply(known.value, task.parseChange(operation.change)).value;
    return { value, view: answering(touched(known.view), operation) };
  } catch {
    return known; // the session had it already: only its acknowledgement was lost
  }
}

function decidedBy<Value>({ view, value }: Known<Value>, { kind, undoes }: Operation, before: ReadonlyMap<string, Standing>): Known<Value> {
  if (undoes === null) return { value, view: decided(view, kind === "submit" ? "submit" : "skip") };
  // How it stood before what is durable already is not known here: the session's answer will tell.
  const { state, edited } = before.get(undoes) ?? { state: "draft" as const, edited: false };
  return { value, view: { ...view, state, edited } };
}
