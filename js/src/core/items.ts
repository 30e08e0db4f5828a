import type { ItemView } from "../generated/schema";
import type { LoadedItem, TaskModule } from "./task";
import type { Client } from "./transport";

/** Items kept ready around the current one, as long as their media together are not heavier than HEAVIEST. */
const KEPT = 6;
const HEAVIEST = 400e6;

export interface Items<Value, Media> {
  /** Loads an item, or gives it at once when it was fetched ahead. */
  load(index: number): Promise<LoadedItem<Value, Media>>;
  peek(index: number): LoadedItem<Value, Media> | undefined;
  put(item: LoadedItem<Value, Media>): void;
  /** The item changed elsewhere: it must be loaded again. */
  forget(index: number): void;
  /** Lets go of all media but those on show. */
  clear(): void;
  /** Fetches ahead, quietly. */
  prefetch(indices: readonly number[]): void;
}

/** Adds to a value fresh from the session what this page knows better. */
export type Complete<Value> = (view: ItemView, value: Value) => { view: ItemView; value: Value };

export interface ItemsOptions<Value> {
  complete: Complete<Value>;
  /** Place of the item on show, whose media must not be released. */
  shown(): number | null;
}

/** A small cache of items with their media decoded, so that moving on does not wait. */
export function createItems<Value, Change, Media>(
  client: Client,
  task: TaskModule<Value, Change, Media>,
  { complete, shown }: ItemsOptions<Value>,
): Items<Value, Media> {
  const ready = new Map<number, LoadedItem<Value, Media>>();
  const coming = new Map<number, Promise<LoadedItem<Value, Media>>>();
  /** Items that changed while they were on their way. */
  const outdated = new Set<number>();

  function put(item: LoadedItem<Value, Media>): void {
    const before = ready.get(item.view.index);
    if (before && before.media !== item.media) release(before);
    ready.delete(item.view.index);
    ready.set(item.view.index, item);
    for (const [index, old] of ready) {
      if (ready.size <= KEPT && (ready.size <= 2 || weight() <= HEAVIEST)) break;
      if (index !== shown() && old !== item) take(index);
    }
  }

  function weight(): number {
    return [...ready.values()].reduce((sum, { media }) => sum + (media === null ? 0 : task.weight(media)), 0);
  }

  function take(index: number): void {
    const item = ready.get(index);
    ready.delete(index);
    if (item && index !== shown()) release(item);
  }

  function release({ media }: LoadedItem<Value, Media>): void {
    if (media !== null) task.release(media);
  }

  async function fetch(index: number): Promise<LoadedItem<Value, Media>> {
    outdated.delete(index);
    const { result, buffers } = await client.request<ItemView>("open", { index });
    const item = await loadItem(task, result, buffers[0] ?? null, complete);
    if (outdated.has(index)) return fetch(index);
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
    put(item) {
      put(item);
      if (coming.has(item.view.index)) outdated.add(item.view.index);
    },
    clear() {
      for (const index of [...ready.keys()]) if (index !== shown()) take(index);
    },
    forget(index) {
      take(index);
      if (coming.has(index)) outdated.add(index);
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
  fresh: ItemView,
  data: DataView | null,
  complete: Complete<Value>,
): Promise<LoadedItem<Value, Media>> {
  // Before anything is awaited: what is still waiting to be sent now is not in this value, what is sent meanwhile would be counted twice.
  const { view, value } = complete(fresh, task.parse(fresh.value));
  if (view.error !== null) return { view, value, media: null };
  try {
    return { view, value, media: await task.load(data, view) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { view: { ...view, error: `the browser cannot show it (${reason})` }, value, media: null };
  }
}
