/** A text ready to be shown. */
export interface TextMedia {
  readonly text: string;
}

/** Decodes a text as Python sent it: a byte order mark that is still there is part of it, and counts. */
export function decodeText(data: DataView | null): TextMedia {
  if (!data) throw new Error("no text arrived");
  return { text: new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(data) };
}

/** About so many characters make one block: what is out of sight is then not laid out. */
const BLOCK = 4_000;

/** Where the blocks of a text begin; all but the first begin after a line break, so that each is laid out as if it stood alone. */
export function blocksOf(text: string): number[] {
  const starts = [0];
  for (;;) {
    const after = text.indexOf("\n", (starts.at(-1) ?? 0) + BLOCK) + 1;
    if (after === 0 || after === text.length) return starts;
    starts.push(after);
  }
}

/** Converts offsets: Python and Ground Truth count code points, a browser UTF-16 units. */
export interface Offsets {
  /** A unit in the middle of a code point belongs to it. */
  toCodePoint(unit: number): number;
  toUnit(codePoint: number): number;
}

const SAME: Offsets = { toCodePoint: (unit) => unit, toUnit: (codePoint) => codePoint };

/** Counts once, then finds each offset by halving: most texts have no code point of two units, and few have many. */
export function offsetsOf(text: string): Offsets {
  const pairs: number[] = [];
  for (const { index } of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) pairs.push(index);
  if (pairs.length === 0) return SAME;
  return {
    // Units at which pairs begin are in order, and so are the code points that they are.
    toCodePoint: (unit) => unit - countBelow(pairs, (start) => start < unit),
    toUnit: (codePoint) => codePoint + countBelow(pairs, (start, place) => start - place < codePoint),
  };
}

/** How many at the beginning of a sorted list satisfy a condition that none satisfies after the first that does not. */
export function countBelow<Item>(items: readonly Item[], below: (item: Item, place: number) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (below(items[middle] as Item, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
