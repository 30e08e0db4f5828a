import { type ReadonlySignal, signal } from "@preact/signals";
import type { ItemView, Operation, Receipt, Suggestion, Tiles } from "../generated/schema";
import { decided, touched } from "./item-states";
import { loadItem } from "./items";
import type { Outbox } from "./outbox";
import { answering, waitingOf } from "./suggestions";
import type { Act, LoadedItem, Many, TaskModule } from "./task";
import { type Client, makeId } from "./transport";

export interface BulkOptions<Value, Change, Media> {
  client: Client;
  outbox: Pick<Outbox, "send">;
  task: TaskModule<Value, Change, Media>;
  /** What a change means where parts of it are only suggested. */
  adopt(change: Change, waiting: readonly Suggestion[]): { readonly change: Change | null; readonly answers: Suggestion[] };
  /** Adds what is not durable yet. */
  complete(view: ItemView, value: Value): { view: ItemView; value: Value };
  /** Seconds since the operation before. */
  seconds(): number;
}

/** Work on items that are not on show. */
export interface Bulk<Value, Change, Media> extends Pick<Many<Value, Change, Media>, "look" | "act" | "heard"> {
  /** Tells of what became durable. */
  hear(receipt: Receipt): void;
}

export function createBulk<Value, Change, Media>(options: BulkOptions<Value, Change, Media>): Bulk<Value, Change, Media> {
  const { client, outbox, task } = options;
  const heard = signal<Receipt | null>(null);
  /** Operations of `act`: whoever made them shows what comes of them already. */
  const acted = new Set<string>();

  function actOn({ item, change, submit }: Act<Value, Change, Media>, batch: string, seconds: number): LoadedItem<Value, Media> {
    let { value, view } = item;
    const send = (kind: Operation["kind"], more: Partial<Operation>): string => {
      const nothing = { change: null, undoes: null, answers: [], reopens: [], basis: null };
      const operation: Operation = { id: makeId() + makeId(), item: view.id, kind, seconds, ...nothing, batch, ...more };
      acted.add(operation.id);
      outbox.send(operation);
      return operation.id;
    };
    if (change !== null) {
      const adopted = options.adopt(change, waitingOf(view));
      if (adopted.change !== null) value = task.apply(value, adopted.change).value;
      view = { ...answering(touched(view), { ...adopted, reopens: [] }), latest: send("change", adopted) };
    }
    if (submit) view = { ...decided(view, "submit"), latest: send("submit", { basis: view.latest }) };
    return { ...item, value, view };
  }

  return {
    heard: heard as ReadonlySignal<Receipt | null>,
    async look(indices) {
      const { result, buffers } = await client.look<Tiles>("tiles", { indices });
      const parts = [...buffers];
      return Promise.all(result.items.map((view) => loadItem(task, view, view.mime === null ? null : (parts.shift() ?? null), options.complete)));
    },
    /** What comes of it reaches this page as if another had done it, so that it is one step which the session takes back. */
    act(acts) {
      const batch = makeId();
      const seconds = options.seconds() / Math.max(acts.length, 1);
      return acts.map((act) => actOn(act, batch, seconds));
    },
    hear(receipt) {
      if (!acted.delete(receipt.operation.id)) heard.value = receipt;
    },
  };
}
