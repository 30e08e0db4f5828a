import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ItemView, Operation, Suggestion, TaskView } from "../generated/schema";
import type { Entry, LoadedItem, TaskModule } from "./task";

/** How a task type shows suggested parts among those of a value, and takes them in. */
export interface SuggestionRules<Value, Change> {
  /** The value with suggested parts in it, as a stage and a list show it. */
  include(value: Value, parts: readonly unknown[]): Value;
  /** Rows of a list for suggested parts, where those of the value that `include` gives do not have them. */
  entries?(parts: readonly unknown[]): readonly Entry[];
  /** The change that takes suggested parts into the value. */
  accept(value: Value, parts: readonly unknown[], view: TaskView): Change;
  /** What a change of the value that `include` gave means for the value itself, and the ids of the suggestions that it accepts or rejects by that. */
  adopt(change: Change, suggested: ReadonlySet<string>): { readonly change: Change | null; readonly answers: readonly string[] };
  /** The part of an id. */
  part(value: Value, id: string): unknown;
  /** Where a row of the list came from, when its id is not that of the suggestion. */
  origin?(value: Value, id: string, suggestions: readonly Suggestion[]): Origin | null;
}

/** The suggestion that a part came from, and whether it was changed since. */
export interface Origin {
  readonly suggestion: Suggestion;
  readonly changed: boolean;
}

/** The suggestions for the item on show. */
export interface Suggestions {
  /** Those that wait and whose score reaches the threshold, surest first. */
  readonly waiting: ReadonlySignal<readonly Suggestion[]>;
  /** How many wait whose score does not. */
  readonly hidden: ReadonlySignal<number>;
  /** The one that is proposed: the selected one, else the surest. */
  readonly proposal: ReadonlySignal<Suggestion | null>;
  /** Scores below it are not shown; it stays from item to item. */
  readonly threshold: Signal<number>;
  /** Rows of a list for those that wait, in their order. */
  entries(): readonly (Entry & { readonly suggestion: Suggestion })[];
  accept(suggestions: readonly Suggestion[]): void;
  reject(suggestions: readonly Suggestion[]): void;
  /** Where a part of the value came from. */
  origin(id: string): Origin | null;
}

export interface SuggestionsOptions<Value, Change, Media> {
  item: ReadonlySignal<LoadedItem<Value, Media> | null>;
  task: TaskModule<Value, Change, Media>;
  view: TaskView;
  selection: ReadonlySignal<readonly string[]>;
  commit(change: Change | null, answers: readonly Suggestion[]): void;
}

export function createSuggestions<Value, Change, Media>(options: SuggestionsOptions<Value, Change, Media>): Suggestions {
  const { item, task, view, selection, commit } = options;
  const rules = task.suggestions;
  const threshold = signal(0);
  const open = computed(() => (item.value && rules ? waitingOf(item.value.view) : []));
  const waiting = computed(() => open.value.filter(({ score }) => score === null || score >= threshold.value));

  function rowsOf(parts: readonly unknown[]): readonly Entry[] {
    if (!item.value || !rules) return [];
    return rules.entries?.(parts) ?? task.entries(rules.include(item.value.value, parts), item.value.media);
  }

  return {
    waiting,
    hidden: computed(() => open.value.length - waiting.value.length),
    proposal: computed(() => waiting.value.find(({ id }) => selection.value.includes(id)) ?? waiting.value[0] ?? null),
    threshold,
    entries() {
      const rows = new Map(rowsOf(waiting.value.map(({ part }) => part)).map((row) => [row.id, row]));
      return waiting.value.flatMap((suggestion) => {
        const row = rows.get(suggestion.id);
        return row ? [{ ...row, suggestion }] : [];
      });
    },
    accept(suggestions) {
      const value = item.value?.value;
      if (value === undefined || !rules || suggestions.length === 0) return;
      const parts = suggestions.map(({ part }) => part);
      commit(rules.accept(value, parts, view), suggestions);
    },
    reject(suggestions) {
      if (suggestions.length > 0) commit(null, suggestions);
    },
    origin(id) {
      if (item.value && rules?.origin) return rules.origin(item.value.value, id, item.value.view.suggestions);
      const suggestion = item.value?.view.suggestions.find((one) => one.id === id);
      if (!item.value || !suggestion || !rules) return null;
      return { suggestion, changed: !isEqual(rules.part(item.value.value, id), suggestion.part) };
    },
  };
}

/** What still waits for an answer; an item that was handed in has been answered as a whole. */
export function waitingOf(view: ItemView): readonly Suggestion[] {
  return view.state === "submitted" ? [] : view.suggestions.filter(({ id }) => !view.answered.includes(id));
}

/** An item after an operation answered suggestions or opened them again. */
export function answering(view: ItemView, { answers, reopens }: Pick<Operation, "answers" | "reopens">): ItemView {
  if (answers.length === 0 && reopens.length === 0) return view;
  const ids = answers.map(({ id }) => id);
  const answered = [...view.answered.filter((id) => !reopens.includes(id) && !ids.includes(id)), ...ids];
  return { ...view, answered, suggestions: withSuggestions(view.suggestions, answers) };
}

/** Suggestions with others that are new among them, surest first. */
export function withSuggestions(known: readonly Suggestion[], others: readonly Suggestion[]): Suggestion[] {
  const fresh = others.filter(({ id }) => !known.some((one) => one.id === id));
  return [...known, ...fresh].sort((one, other) => (other.score ?? Number.POSITIVE_INFINITY) - (one.score ?? Number.POSITIVE_INFINITY) || 0);
}

function isEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return Object.is(one, other);
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => isEqual(Reflect.get(one, key), Reflect.get(other, key)));
}
