import type { ItemView, MediaView } from "../generated/schema";
import type { LoadedItem, TaskModule } from "./task";
import type { Client } from "./transport";

/** Items kept ready around the current one, as long as their media together are not heavier than HEAVIEST. */
const KEPT = 6;
const HEAVIEST = 400e6;

export interface Items<Value, Media> {
  /** Loads an item, or gives it at once when it was fetched ahead; `arriving` where it is on its way already. */
  load(index: number, arriving?: Promise<LoadedItem<Value, Media>>): Promise<LoadedItem<Value, Media>>;
  /** Loads an item to be seen as soon as can be: a large image may come in small first, `view.preview` then. */
  glance(index: number): Promise<LoadedItem<Value, Media>>;
  /** Brings the whole of an item that is here in small, and leaves what was done to it meanwhile; null when it is not here any more. */
  whole(index: number): Promise<LoadedItem<Value, Media> | null>;
  peek(index: number): LoadedItem<Value, Media> | undefined;
  put(item: LoadedItem<Value, Media>): void;
  /** The item changed elsewhere: it must be loaded again. */
  forget(index: number): void;
  /** Lets go of all media but those on show. */
  clear(): void;
  /** Fetches ahead, quietly: the first in any case, the others as far as there is room. */
  prefetch(indices: readonly number[]): void;
  /** Lets go of everything; what still arrives is let go of at once. */
  dispose(): void;
}

/** Adds to a value fresh from the session what this page knows better. */
export type Complete<Value> = (view: ItemView, value: Value) => { view: ItemView; value: Value };

export interface ItemsOptions<Value, Media> {
  complete: Complete<Value>;
  /** The item on show, whose media must not be released. */
  shown(): LoadedItem<Value, Media> | null;
}

/** A small cache of items with their media decoded, so that moving on does not wait. */
export function createItems<Value, Change, Media>(
  client: Client,
  task: TaskModule<Value, Change, Media>,
  { complete, shown }: ItemsOptions<Value, Media>,
): Items<Value, Media> {
  const ready = new Map<number, LoadedItem<Value, Media>>();
  const coming = new Map<number, Promise<LoadedItem<Value, Media>>>();
  /** Items that changed while they were on their way. */
  const outdated = new Set<number>();
  /** Media that were decoded and not released. */
  const alive = new Set<Media>();
  let disposed = false;

  function put(item: LoadedItem<Value, Media>): void {
    if (item.media !== null) alive.add(item.media);
    const { index } = item.view;
    ready.delete(index);
    if (!disposed) ready.set(index, item);
    for (const other of ready.keys()) {
      if (ready.size <= KEPT && (ready.size <= 2 || weight() <= HEAVIEST)) break;
      if (other !== shown()?.view.index && other !== index) ready.delete(other);
    }
    sweep();
  }

  function weight(): number {
    return [...ready.values()].reduce((sum, item) => sum + weightOf(item), 0);
  }

  function weightOf(item: LoadedItem<Value, Media> | null): number {
    return item === null || item.media === null ? 0 : task.weight(item.media);
  }

  /** Releases the media that nobody needs any more. */
  function sweep(): void {
    const needed = new Set([shown()?.media, ...[...ready.values()].map(({ media }) => media)]);
    for (const media of alive) {
      if (needed.has(media)) continue;
      alive.delete(media);
      task.release(media);
    }
  }

  async function ask(index: number, method: "open" | "glance" = "open"): Promise<LoadedItem<Value, Media>> {
    const { result, buffers } = await client.look<ItemView>(method, { index });
    return loadItem(task, result, buffers[0] ?? null, complete);
  }

  async function fetch(index: number, arriving: Promise<LoadedItem<Value, Media>>): Promise<LoadedItem<Value, Media>> {
    outdated.delete(index);
    const item = await arriving;
    if (item.media !== null) alive.add(item.media);
    if (outdated.has(index)) return fetch(index, ask(index));
    put(item);
    return item;
  }

  function load(index: number, arriving?: Promise<LoadedItem<Value, Media>>): Promise<LoadedItem<Value, Media>> {
    const item = ready.get(index);
    if (item) {
      put(item);
      return Promise.resolve(item);
    }
    const known = coming.get(index);
    if (known) return known;
    const promise = fetch(index, arriving ?? ask(index)).finally(() => coming.delete(index));
    coming.set(index, promise);
    return promise;
  }

  async function whole(index: number): Promise<LoadedItem<Value, Media> | null> {
    const { result, buffers } = await client.look<MediaView>("media", { index });
    const before = ready.get(index);
    if (!before?.view.preview) return null;
    const { media, error } = await loadMedia(task, { ...before.view, ...result }, buffers[0] ?? null);
    if (media !== null) alive.add(media);
    const kept = ready.get(index);
    const item = kept?.view.preview ? { ...kept, media, view: { ...kept.view, mime: result.mime, error, preview: false } } : null;
    if (item) put(item);
    else sweep();
    return item;
  }

  /** Whether one more item like that on show fits beside what is here and on its way. */
  function hasRoom(): boolean {
    return weight() + (coming.size + 1) * weightOf(shown()) <= HEAVIEST;
  }

  return {
    load,
    glance: (index) => load(index, coming.has(index) || ready.has(index) ? undefined : ask(index, "glance")),
    whole,
    peek: (index) => ready.get(index),
    put(item) {
      put(item);
      if (coming.has(item.view.index)) outdated.add(item.view.index);
    },
    forget(index) {
      ready.delete(index);
      if (coming.has(index)) outdated.add(index);
      sweep();
    },
    clear() {
      const kept = shown()?.view.index;
      for (const index of [...ready.keys()]) if (index !== kept) ready.delete(index);
      sweep();
    },
    prefetch([first, ...others]) {
      for (const [place, index] of [first, ...others].entries()) {
        if (index === undefined || ready.has(index) || (place > 0 && !hasRoom())) continue;
        // Whoever needs the item asks again and hears of the failure then.
        load(index).catch(() => undefined);
      }
    },
    dispose() {
      disposed = true;
      ready.clear();
      sweep();
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
  const { media, error } = await loadMedia(task, view, data);
  return { view: error === view.error ? view : { ...view, error }, value, media };
}

/** Decodes media, or says why that cannot be. */
async function loadMedia<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  view: ItemView,
  data: DataView | null,
): Promise<{ media: Media | null; error: string | null }> {
  if (view.error !== null) return { media: null, error: view.error };
  try {
    return { media: await task.load(data, view), error: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { media: null, error: `the browser cannot show it (${reason})` };
  }
}
