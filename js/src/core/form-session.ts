import type { ExampleParams, ItemView, Operation, Progress, Receipt, Request } from "../generated/schema";
import { decided, touched } from "./item-states";
import type { Keeper } from "./keeper";
import type { TaskModule } from "./task";
import type { Transport } from "./transport";

/** What a session of one item needs of the page that hands it in. */
export interface Form {
  /** What was done, across a reload. */
  readonly keeper: Keeper;
  /** Gets the value as it goes over the wire; what it throws is told to the person, and the value can be handed in again. */
  handIn(value: unknown): void;
  /** Loads an example image of the instructions. */
  example(place: number): Promise<{ readonly mime: string; readonly data: DataView }>;
}

interface Answer {
  readonly result: unknown;
  readonly buffers?: DataView[];
}

/** A code that leaves the operation waiting, so that it can be tried again. */
const NOT_HANDED_IN = "form";

/**
 * The session of one item that a form hands in. It runs in the page itself, and says what `nblabel.wire` says.
 *
 * What was done before a reload is done again here; the history begins anew.
 */
export function createFormSession<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  item: ItemView,
  media: DataView | null,
  form: Form,
): { readonly transport: Transport; readonly opening: { readonly item: ItemView; readonly progress: Progress } } {
  const listeners = new Set<(message: unknown, buffers: DataView[]) => void>();
  const known = new Set<string>();
  let value = task.parse(item.value);
  let view = item;
  let sequence = 0;

  for (const operation of form.keeper.restore()) {
    try {
      carry(operation);
    } catch {
      form.keeper.release(operation); // it is of a picture that looked otherwise
    }
  }

  function written(): unknown {
    return task.write ? task.write(value) : value;
  }

  function shown(): ItemView {
    return { ...view, value: written() };
  }

  function carry({ id, kind, change, undoes }: Operation): void {
    if (kind === "change" && change !== null) value = task.apply(value, task.parseChange(change)).value;
    const after = kind === "change" ? touched(view) : undoes === null ? decided(view, "submit") : { ...view, state: "draft" as const, edited: false };
    view = { ...after, latest: id };
    known.add(id);
    sequence += 1;
  }

  function progress(): Progress {
    return { total: 1, submitted: Number(view.state === "submitted"), skipped: 0, ahead: 0 };
  }

  function commit(operation: Operation, origin: string | null): Receipt {
    const handsIn = operation.kind === "submit" && operation.undoes === null;
    if (handsIn) {
      form.handIn(written());
      for (const kept of form.keeper.restore()) form.keeper.release(kept);
    }
    if (!known.has(operation.id)) {
      carry(operation);
      if (!handsIn) form.keeper.keep(operation);
    }
    const role = operation.undoes === null ? "do" : "undo";
    return { operation, sequence, role, index: 0, state: view.state, edited: view.edited, progress: progress(), origin, next: null };
  }

  const parts = (): DataView[] => (media ? [media] : []);
  const methods: Record<string, (params: unknown, origin: string | null) => Answer | Promise<Answer>> = {
    commit: (operation, origin) => ({ result: commit(operation as Operation, origin) }),
    open: () => ({ result: shown(), buffers: parts() }),
    tiles: () => ({ result: { items: [shown()] }, buffers: parts() }),
    move: (_, origin) => ({ result: { index: 0, origin } }),
    undo: () => ({ result: null }),
    redo: () => ({ result: null }),
    listen: () => ({ result: {} }),
    leave: () => ({ result: {} }),
    async example(params) {
      const { mime, data } = await form.example((params as ExampleParams).place);
      return { result: { mime }, buffers: [data] };
    },
  };

  async function answer({ method, params, origin }: Request): Promise<Answer> {
    const found = methods[method];
    if (!found) throw new Error(`a worker page does not know ${method}`);
    return found(params, origin);
  }

  function deliver(message: unknown, buffers: DataView[] = []): void {
    for (const listener of listeners) listener(message, buffers);
  }

  return {
    opening: { item: shown(), progress: progress() },
    transport: {
      send(message) {
        const request = message as Request;
        answer(request).then(
          ({ result, buffers }) => deliver({ id: request.id, result }, buffers),
          (error: Error) => deliver({ id: request.id, error: { code: NOT_HANDED_IN, message: error.message, path: null } }),
        );
      },
      receive(listener, signal) {
        listeners.add(listener);
        signal.addEventListener("abort", () => listeners.delete(listener));
      },
    },
  };
}
