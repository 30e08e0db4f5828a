import type { Labeler } from "./labeler";

/** Copies of parts, within an item, between items and from the item before. */
export interface Clipboard {
  copy(): void;
  paste(): void;
  duplicate(): void;
  /** Brings the labels of the item before into one that has none yet. */
  repeat(): Promise<void>;
}

/** Where the task says how its parts are copied; null where it does not. */
export function createClipboard<Value, Change, Media>(labeler: Labeler<Value, Change, Media>): Clipboard | null {
  const { copies } = labeler.task;
  if (!copies) return null;
  let kept: { value: Value; item: number } | null = null;

  function put(value: Value, offset: boolean): void {
    const item = labeler.item.value;
    const made = item && copies?.put(item, value, offset);
    if (made) {
      labeler.commit(made.change);
      labeler.select(made.ids);
    } else if (item) labeler.inform("None of it has a place on this item.");
  }

  function taken(): Value | null {
    const item = labeler.item.value;
    return item && labeler.selection.value.length > 0 ? (copies?.take(item.value, labeler.selection.value) ?? null) : null;
  }

  return {
    copy() {
      const value = taken();
      if (value === null || !labeler.item.value) return labeler.inform("Select what to copy first.");
      kept = { value, item: labeler.item.value.view.id };
      labeler.announce("Copied.");
    },
    paste() {
      // Where it came from it would lie on the original; on another item its place is what matters.
      if (kept) put(kept.value, kept.item === labeler.item.value?.view.id);
      else labeler.inform("Nothing was copied yet.");
    },
    duplicate() {
      const value = taken();
      if (value === null) labeler.inform("Select what to duplicate first.");
      else put(value, true);
    },
    async repeat() {
      const place = labeler.index.value;
      const item = labeler.item.value;
      if (!item || labeler.task.entries(item.value).length > 0)
        return labeler.inform("This item has labels already; the item before is copied into an empty one only.");
      if (place === 0) return labeler.inform("There is no item before this one.");
      const before = await labeler.load(place - 1).catch(() => null);
      const now = labeler.item.value;
      if (now?.view.id !== item.view.id || labeler.task.entries(now.value).length > 0) return; // the person went on meanwhile
      if (before === null) return labeler.inform("The item before could not be loaded.");
      if (labeler.task.entries(before.value).length === 0) return labeler.inform("The item before has no labels.");
      put(before.value, false);
    },
  };
}
