import { batch, computed, type ReadonlySignal, type Signal } from "@preact/signals";
import type { TaskView } from "../generated/schema";
import type { Suggestions } from "./suggestions";
import type { Choosing, LoadedItem, TaskModule } from "./task";
import type { Visibility } from "./visibility";

export interface SelectingOptions<Value, Change, Media> {
  task: TaskModule<Value, Change, Media>;
  view: TaskView;
  index: ReadonlySignal<number>;
  item: ReadonlySignal<LoadedItem<Value, Media> | null>;
  label: Signal<number>;
  selection: Signal<readonly string[]>;
  chosen: Signal<boolean>;
  taker: ReadonlySignal<((label: string) => void) | null>;
  visibility: Visibility;
  suggestions: Suggestions;
  commit(change: Change): void;
  submit(): void;
  announce(text: string): void;
  inform(message: string): void;
}

/** The active label and the selected parts, and what is done to these. */
export interface Selecting {
  /** Names of the classes that the palette shows as pressed; none while a class would go elsewhere than to the item on show. */
  readonly pressed: ReadonlySignal<ReadonlySet<string>>;
  /** Makes a label the active one, and gives it to whatever waits for one. */
  chooseLabel(position: number): void;
  /** Makes a label the active one, and nothing else. */
  activate(position: number): void;
  select(ids: readonly string[]): void;
  removeSelection(): void;
}

export function createSelecting<Value, Change, Media>(options: SelectingOptions<Value, Change, Media>): Selecting {
  const { task, view, item, label, selection, chosen, taker, visibility, inform } = options;

  function relabelSelection(name: string): void {
    if (!item.value || selection.value.length === 0) return;
    const change = task.relabel(shownValue(item.value), unlocked(), name);
    if (change !== null) options.commit(change);
  }

  function choose(choosing: Choosing<Value, Change>, name: string): void {
    if (!item.value || item.value.view.index !== options.index.value) return;
    const change = choosing.choose(item.value.value, name, view);
    if (change !== null) options.commit(change);
    options.announce(choosing.chosen(item.value.value, view).join(", ") || "No class");
    if (choosing.movesOn(view)) options.submit();
  }

  /** The value with the suggestions in it that wait. */
  function shownValue({ value }: LoadedItem<Value, Media>): Value {
    const parts = options.suggestions.waiting.value.map(({ part }) => part);
    return task.suggestions?.include(value, parts) ?? value;
  }

  /** The selection without what is locked. */
  function unlocked(): readonly string[] {
    const parts = item.value ? task.entries(shownValue(item.value)) : [];
    const locked = new Set(parts.filter(visibility.locks).map(({ id }) => id));
    const free = selection.value.filter((id) => !locked.has(id));
    if (free.length < selection.value.length) inform("It is locked. Unlock it to change it.");
    return free;
  }

  return {
    pressed: computed(() => {
      if (!task.choosing) return new Set([view.labels[label.value]?.name ?? ""]);
      return new Set(item.value && !taker.value ? task.choosing.chosen(item.value.value, view) : []);
    }),
    chooseLabel(position) {
      const wanted = view.labels[position];
      if (!wanted) return;
      label.value = position;
      if (taker.value) taker.value(wanted.name);
      else if (task.choosing) choose(task.choosing, wanted.name);
      else if (chosen.value) relabelSelection(wanted.name);
    },
    activate(position) {
      label.value = position;
    },
    select(ids) {
      batch(() => {
        selection.value = ids;
        chosen.value = ids.length > 0;
      });
    },
    removeSelection() {
      if (selection.value.length === 0) inform("Select what to delete first.");
      if (!item.value || selection.value.length === 0) return;
      const change = task.remove(shownValue(item.value), unlocked());
      if (change === null) return;
      options.commit(change);
      selection.value = [];
    },
  };
}
