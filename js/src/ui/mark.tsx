import { Icon } from "./icons";

const WORDS = { hide: ["Hide", "Show"], lock: ["Lock", "Unlock"], remove: ["Delete", "Delete"] } as const;

interface MarkProps {
  name: keyof typeof WORDS;
  on?: boolean;
  /** What it is about. */
  what: string;
  /** Whether Tab stops at it: in a long list only in the current row. */
  reachable: boolean;
  run(): void;
}

/** A small button in a row of a list. */
export function Mark({ name, on = false, what, reachable, run }: MarkProps) {
  const title = `${WORDS[name][on ? 1 : 0]} ${what}`;
  return (
    <button
      type="button"
      class="mark"
      data-nblabel-mark={name}
      data-on={on}
      aria-label={title}
      title={title}
      tabIndex={reachable ? 0 : -1}
      onClick={run}
    >
      <Icon name={name === "hide" && on ? "hidden" : name === "lock" && !on ? "unlocked" : name} />
    </button>
  );
}
