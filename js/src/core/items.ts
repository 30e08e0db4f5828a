import type { ItemView } from "../generated/schema";
import type { LoadedItem, TaskModule } from "./task";
import type { Client } from "./transport";

/** Items kept ready around the current one. */
const KEPT = 6;

export interface Items<Value, Media> {
  /** Loads an item, or gives it at once when it was fetched ahead. */
  load(index: number): Promise<LoadedItem<Value, Media>>;
  peek(index: number): LoadedItem<Value, Media> | undefined;
  put(item: LoadedItem<Value, Media>): void;
  /** Changes an item that is kept; one that is not will be loaded fresh. */
  update(index: number, change: (item: LoadedItem<Value, Media>) => LoadedItem<Value, Media>): void;
  forget(index: number): void;
  /** Fetches ahead, quietly. */
  prefetch(indices: readonly number[]): void;
}

/** A small cache of items with their media decoded, so that moving on does not wait. */
export function createItems<Value, Change, Media>(client: Client, task: TaskModule<Value, Change, Media>): Items<Value, Media> {
  const ready = new Map<number, LoadedItem<Value, Media>>();
  const coming = new Map<number, Promise<LoadedItem<Value, Media>>>();

  function put(item: LoadedItem<Value, Media>): void {
    ready.delete(item.view.index);
    ready.set(item.view.index, item);
    for (const [index, old] of ready) {
      if (ready.size <= KEPT) break;
      ready.delete(index);
      if (old.media !== null) task.release(old.media);
    }
  }

  async function fetch(index: number): Promise<LoadedItem<Value, Media>> {
    const { result, buffers } = await client.request<ItemView>("open", { index });
    const item = await loadItem(task, result, buffers[0] ?? null);
    put(item);
    return item;
  }

  function load(index: number): Promise<LoadedItem<Value, Media>> {
    const item = ready.get(index);
    if (item) {
      put(item);
      return Promise.resolve(item);
    }
    const known = coming.get(index);
    if (known) return known;
    const promise = fetch(index).finally(() => coming.delete(index));
    coming.set(index, promise);
    return promise;
  }

  return {
    load,
    peek: (index) => ready.get(index),
    put,
    update(index, change) {
      const item = ready.get(index);
      if (item) ready.set(index, change(item));
    },
    forget(index) {
      ready.delete(index);
    },
    prefetch(indices) {
      for (const index of indices) {
        // Whoever needs the item asks again and hears of the failure then.
        if (!ready.has(index)) load(index).catch(() => undefined);
      }
    },
  };
}

/** Decodes an item's media and narrows its value. */
export async function loadItem<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  view: ItemView,
  data: DataView | null,
): Promise<LoadedItem<Value, Media>> {
  const value = task.parse(view.value);
  if (view.error !== null) return { view, value, media: null };
  try {
    return { view, value, media: await task.load(data, view) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { view: { ...view, error: `the browser cannot show it (${reason})` }, value, media: null };
  }
}
