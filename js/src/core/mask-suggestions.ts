import type { MaskChange, Suggestion } from "../generated/schema";
import type { PixelMask } from "./mask";
import { codeOf, createRunWriter, fromText, KEEP, lengthOf, toText } from "./runs";
import type { SuggestionRules } from "./suggestions";
import type { Entry } from "./task";

/** All that is suggested of one class: `part_of` in `nblabel/tasks/mask_parts.py`. */
export interface MaskPart {
  readonly id: string;
  readonly label: string;
  readonly pixels: number;
  readonly runs: string;
}

/** How the classes of a predicted mask are listed, and painted where nothing else is: what has a class keeps it. */
export const maskSuggestions: SuggestionRules<PixelMask, MaskChange> = {
  include: (value) => value,
  entries: (parts) => (parts as readonly MaskPart[]).map(entryOf),
  accept: (value, parts) => acceptParts(value, parts as readonly MaskPart[]),
  adopt: (change) => ({ change, answers: [] }),
  part: (value, id) => value.origins[id],
  origin(value, label, suggestions) {
    const suggestion = suggestions.find(({ id }) => id === value.origins[label]);
    return suggestion ? { suggestion, changed: value.counts[value.names.indexOf(label) + 1] !== partOf(suggestion).pixels } : null;
  },
};

export const partOf = ({ part }: Suggestion): MaskPart => part as MaskPart;

function entryOf({ id, label, pixels }: MaskPart): Entry {
  return { id, label, detail: `${pixels} px`, title: `${label}: ${pixels} pixels` };
}

/** Paints parts on the pixels that have no class, the first ones first; the rule is that of `SemanticSegmentation.accept` in Python. */
export function acceptParts(mask: PixelMask, parts: readonly MaskPart[]): MaskChange {
  const classes = [...new Set(parts.map(({ label }) => label))];
  const painted = new Uint8Array(mask.pixels.length).fill(KEEP);
  for (const part of parts) paintFree(painted, mask.pixels, part, classes.indexOf(part.label) + 1);
  const writer = createRunWriter();
  for (let at = 0; at < painted.length; ) {
    const start = at;
    while (at < painted.length && painted[at] === painted[start]) at += 1;
    writer.add(painted[start] as number, at - start);
  }
  const origins = Object.fromEntries([...parts].reverse().map(({ id, label }) => [label, id]));
  return { classes, runs: toText(writer.finish()), origins };
}

function paintFree(painted: Uint8Array, pixels: Uint8Array, { runs }: MaskPart, code: number): void {
  let at = 0;
  for (const run of fromText(runs)) {
    const end = Math.min(at + lengthOf(run), pixels.length);
    if (codeOf(run) === KEEP) at = end;
    for (; at < end; at += 1) if (pixels[at] === 0 && painted[at] === KEEP) painted[at] = code;
  }
}
