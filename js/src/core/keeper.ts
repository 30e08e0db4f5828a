import type { Operation } from "../generated/schema";

/** What a keeper needs of the browser's local storage. */
export type KeeperStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export interface Keeper {
  /** What was kept and not yet let go, oldest first. */
  restore(): Operation[];
  keep(operation: Operation): void;
  release(operation: Operation): void;
}

/**
 * Keeps operations in the browser until they are durable elsewhere, so that a reload loses none.
 *
 * Each has an entry of its own: two labelers of one job, in one page or in two windows, must not overwrite one another's. A storage that is full or
 * forbidden costs only this second copy.
 */
export function createKeeper(storage: KeeperStorage | null, key: string): Keeper {
  const prefix = `${key}/`;
  /** Place of the newest entry: the time where it can be, always after the one before. */
  let newest = 0;

  function attempt<Result>(action: () => Result, otherwise: Result): Result {
    try {
      return action();
    } catch {
      return otherwise;
    }
  }

  function read(name: string): { order: number; operation: Operation } | null {
    return attempt(() => {
      const entry = JSON.parse(storage?.getItem(name) ?? "null");
      return typeof entry?.operation?.id === "string" && typeof entry.order === "number" ? entry : null;
    }, null);
  }

  return {
    restore() {
      const names = attempt(() => Array.from({ length: storage?.length ?? 0 }, (_, place) => storage?.key(place) ?? ""), []);
      const entries = names
        .filter((name) => name.startsWith(prefix))
        .map(read)
        .filter((entry) => entry !== null)
        .sort((one, other) => one.order - other.order);
      newest = Math.max(newest, entries.at(-1)?.order ?? 0);
      return entries.map((entry) => entry.operation);
    },
    keep(operation) {
      newest = Math.max(Date.now(), newest + 1);
      const entry = JSON.stringify({ order: newest, operation });
      attempt(() => storage?.setItem(prefix + operation.id, entry), undefined);
    },
    release(operation) {
      attempt(() => storage?.removeItem(prefix + operation.id), undefined);
    },
  };
}

/** The browser's own storage, null where it is forbidden, as in some frames. */
export function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
