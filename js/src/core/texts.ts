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
