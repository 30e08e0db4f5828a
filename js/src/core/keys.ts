/** A key and what it does; the list of them is what `?` shows. */
export interface KeyBinding {
  /** As on the badge: "Enter", "b", "Ctrl+z", "Shift+ArrowUp". */
  readonly key: string;
  readonly title: string;
  /** Heading in the list of keys. */
  readonly group: "Labels" | "Tools" | "Edit" | "Items" | "View";
  run(): void;
}

/** Writes a keyboard event as bindings do; Ctrl stands for the Mac's Command key too. */
export function keyOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const letter = event.key.length === 1;
  const modifiers = [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    // A shifted sign such as "?" is a key of its own; a shifted letter or named key is not.
    event.shiftKey && (!letter || isLetter(event.key)) ? "Shift" : "",
  ].filter(Boolean);
  return [...modifiers, letter && isLetter(event.key) ? event.key.toLowerCase() : event.key].join("+");
}

/** Drops bindings whose key an earlier one has, so that a badge never lies. */
export function withoutCollisions(bindings: readonly KeyBinding[]): KeyBinding[] {
  const taken = new Set<string>();
  return bindings.filter(({ key }) => !taken.has(key) && taken.add(key));
}

const SIGNS: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "↵",
  Backspace: "⌫",
  Delete: "Del",
  Escape: "Esc",
  " ": "Space",
};

/** A key as a badge shows it. */
export function badge(key: string): string {
  const parts = key === "+" ? ["+"] : key.split("+");
  return parts.map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ");
}

function isLetter(key: string): boolean {
  return key.toLowerCase() !== key.toUpperCase();
}
