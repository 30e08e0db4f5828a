/** Headings in the list of keys, in its order. */
export const GROUPS = ["Labels", "Tools", "Items", "Edit", "View"] as const;

/** Something that a button or a key does. */
export interface Command {
  /** Its name in the table of keys (`nblabel.keys` in Python), and in `data-nblabel-action`. */
  readonly action: string;
  readonly title: string;
  readonly group: (typeof GROUPS)[number];
  run(): void;
}

/** A key and what it does; the list of them is what `?` shows. */
export interface KeyBinding extends Command {
  /** As the table has it: "Enter", "b", "Ctrl+z", "Shift+ArrowUp". */
  readonly key: string;
}

/** Gives every command its keys; those that have none are left out. */
export function bind(commands: readonly Command[], keys: Readonly<Record<string, readonly string[]>>): KeyBinding[] {
  return commands.flatMap((command) => (keys[command.action] ?? []).map((key) => ({ ...command, key })));
}

type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** Writes a keyboard event as bindings do; Ctrl stands for the Mac's Command key too. */
export function keyOf(event: Omit<Press, "code">): string {
  const letter = event.key.length === 1;
  // A shifted sign such as "?" is a key of its own; a shifted letter or named key is not.
  return written(event, event.key, event.shiftKey && (!letter || isLetter(event.key) || event.key === " "));
}

/** What a press may mean: what it writes, else what it would write on a Latin keyboard (a Cyrillic B key, the digits of a French one). */
export function keysOf(event: Press): string[] {
  const onLatin = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1];
  const plain = event.key.length === 1 && event.key.toLowerCase() === onLatin?.toLowerCase();
  return onLatin === undefined || plain ? [keyOf(event)] : [keyOf(event), written(event, onLatin, event.shiftKey)];
}

function written({ ctrlKey, metaKey, altKey }: Omit<Press, "code">, key: string, shift: boolean): string {
  const modifiers = [ctrlKey || metaKey ? "Ctrl" : "", altKey ? "Alt" : "", shift ? "Shift" : ""].filter(Boolean);
  return [...modifiers, key === " " ? "Space" : isLetter(key) && key.length === 1 ? key.toLowerCase() : key].join("+");
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
};

/** A key as a badge shows it. */
export function badge(key: string): string {
  const parts = key.split(/\+(?=.)/);
  return parts.map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ");
}

function isLetter(key: string): boolean {
  return key.toLowerCase() !== key.toUpperCase();
}
