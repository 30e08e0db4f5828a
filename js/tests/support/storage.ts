import type { KeeperStorage } from "../../src/core/keeper";

export interface Memory extends KeeperStorage {
  readonly content: Record<string, string>;
}

/** A browser's storage whose keys come in another order than that in which they were set, as they may. */
export function memory(content: Record<string, string> = {}): Memory {
  const keys = () => Object.keys(content).sort().reverse();
  return {
    content,
    get length() {
      return keys().length;
    },
    key: (place) => keys()[place] ?? null,
    getItem: (key) => content[key] ?? null,
    setItem(key, value) {
      content[key] = value;
    },
    removeItem(key) {
      delete content[key];
    },
  };
}

function fails(): never {
  throw new DOMException("QuotaExceededError");
}

/** Storages that keep nothing, by what is wrong with them. */
export const useless: readonly [string, () => KeeperStorage | null][] = [
  ["full", () => Object.assign(memory(), { setItem: fails })],
  [
    "forbidden",
    () => ({
      get length() {
        return fails();
      },
      key: fails,
      getItem: fails,
      setItem: fails,
      removeItem: fails,
    }),
  ],
  ["absent", () => null],
];
