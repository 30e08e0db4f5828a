import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";

/** What visibility goes by. */
export interface Part {
  readonly id: string;
  readonly label: string;
}

/** What this page hides and what it keeps from being changed: a way of looking at the work, no part of it. */
export interface Visibility {
  /** Tracked, as are all that read. */
  hides(part: Part): boolean;
  locks(part: Part): boolean;
  hidesLabel(label: string): boolean;
  locksLabel(label: string): boolean;
  /** The only class on show. */
  readonly alone: ReadonlySignal<string | null>;
  /** Whether anything is hidden. */
  readonly hidesAny: ReadonlySignal<boolean>;
  /** Hides parts, or shows them if all of them are hidden. */
  toggleHidden(ids: readonly string[]): void;
  toggleHiddenLabel(label: string): void;
  toggleLocked(ids: readonly string[]): void;
  toggleLockedLabel(label: string): void;
  /** Shows one class only, or all again if it was that one. */
  toggleAlone(label: string): void;
  showAll(): void;
}

export function createVisibility(): Visibility {
  const hidden = signal<ReadonlySet<string>>(new Set());
  const hiddenLabels = signal<ReadonlySet<string>>(new Set());
  const locked = signal<ReadonlySet<string>>(new Set());
  const lockedLabels = signal<ReadonlySet<string>>(new Set());
  const alone = signal<string | null>(null);
  const hidesLabel = (label: string): boolean => (alone.value === null ? hiddenLabels.value.has(label) : alone.value !== label);

  return {
    hides: ({ id, label }) => hidden.value.has(id) || hidesLabel(label),
    locks: ({ id, label }) => locked.value.has(id) || lockedLabels.value.has(label),
    hidesLabel,
    locksLabel: (label) => lockedLabels.value.has(label),
    alone,
    hidesAny: computed(() => hidden.value.size > 0 || hiddenLabels.value.size > 0 || alone.value !== null),
    toggleHidden: (ids) => toggle(hidden, ids),
    toggleHiddenLabel: (label) => toggle(hiddenLabels, [label]),
    toggleLocked: (ids) => toggle(locked, ids),
    toggleLockedLabel: (label) => toggle(lockedLabels, [label]),
    toggleAlone(label) {
      alone.value = alone.value === label ? null : label;
    },
    showAll() {
      batch(() => {
        hidden.value = new Set();
        hiddenLabels.value = new Set();
        alone.value = null;
      });
    },
  };
}

function toggle(set: { value: ReadonlySet<string> }, names: readonly string[]): void {
  const after = new Set(set.value);
  const all = names.every((name) => after.has(name));
  for (const name of names) {
    if (all) after.delete(name);
    else after.add(name);
  }
  set.value = after;
}
