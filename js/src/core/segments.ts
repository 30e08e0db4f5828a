/** What a selection is made of. */
export const GRANULARITIES = ["character", "word", "sentence"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** A piece of a text in UTF-16 units, the end exclusive. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** The units of a text as people see them: nothing ever cuts an emoji, a combining sequence or a CRLF in two. */
export interface Segments {
  /** The unit that a character belongs to; null in an empty text. */
  at(offset: number, granularity: Granularity): TextRange | null;
  /** A range grown to whole units, without the blanks at its ends unless it is made of characters; null when nothing is left. */
  expand(range: TextRange, granularity: Granularity): TextRange | null;
  /** The next unit after an offset, or the one before it, blank ones passed over; null at the end of the text. */
  next(offset: number, granularity: Granularity): TextRange | null;
  previous(offset: number, granularity: Granularity): TextRange | null;
}

const SEGMENTERS = {
  character: new Intl.Segmenter(undefined, { granularity: "grapheme" }),
  word: new Intl.Segmenter(undefined, { granularity: "word" }),
  sentence: new Intl.Segmenter(undefined, { granularity: "sentence" }),
};
const BLANK = /^\s*$/u;

/** Works line by line: no unit reaches over a line break (Unicode Standard Annex 29), and a line is all that has to be looked at. */
export function segmentsOf(text: string): Segments {
  let line: { readonly start: number; readonly end: number; readonly segments: Partial<Record<Granularity, Intl.Segments>> } | null = null;

  function lineAt(offset: number): NonNullable<typeof line> {
    if (!line || offset < line.start || offset >= line.end) {
      const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
      const end = text.indexOf("\n", offset) + 1 || text.length;
      line = { start, end, segments: {} };
    }
    return line;
  }

  function at(offset: number, granularity: Granularity): TextRange | null {
    if (text.length === 0) return null;
    const place = Math.min(Math.max(offset, 0), text.length - 1);
    const { start, end, segments } = lineAt(place);
    segments[granularity] ??= SEGMENTERS[granularity].segment(text.slice(start, end));
    const found = segments[granularity].containing(place - start);
    if (!found) return null;
    const from = start + found.index;
    const unit = { from, to: from + found.segment.length };
    return granularity === "sentence" ? (trim(unit) ?? unit) : unit;
  }

  function trim({ from, to }: TextRange): TextRange | null {
    const piece = text.slice(from, to);
    const kept = piece.trim();
    if (kept === "") return null;
    const start = from + piece.indexOf(kept);
    return { from: start, to: start + kept.length };
  }

  function blank({ from, to }: TextRange): boolean {
    return BLANK.test(text.slice(from, to));
  }

  return {
    at,
    expand({ from, to }, granularity) {
      if (from >= to) return null;
      const first = at(from, granularity);
      const last = at(to - 1, granularity);
      if (!first || !last) return null;
      if (granularity === "character") return { from: first.from, to: last.to };
      return trim({ from: Math.min(first.from, from), to: Math.max(last.to, to) });
    },
    next(offset, granularity) {
      for (let place = offset; place < text.length; ) {
        const unit = at(place, granularity);
        if (!unit) return null;
        if (unit.from >= offset && (granularity === "character" || !blank(unit))) return unit;
        place = Math.max(unit.to, place + 1);
      }
      return null;
    },
    previous(offset, granularity) {
      for (let place = offset - 1; place >= 0; ) {
        const unit = at(place, granularity);
        if (!unit) return null;
        if (unit.to <= offset && (granularity === "character" || !blank(unit))) return unit;
        place = Math.min(unit.from - 1, place - 1);
      }
      return null;
    },
  };
}

const RIGHT_TO_LEFT = /\p{Script=Hebrew}|\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}|\p{Script=Adlam}/u;

/** Whether the character at an offset is written from right to left: letters and digits say so themselves, others go with their line. */
export function isWrittenRightToLeft(text: string, offset: number): boolean {
  const sign = String.fromCodePoint(text.codePointAt(offset) ?? 0x20);
  return /[\p{L}\p{N}]/u.test(sign) ? RIGHT_TO_LEFT.test(sign) : isRightToLeft(text, offset);
}

/** Whether the line of an offset runs from right to left: its first letter decides, as it does in the browser. */
export function isRightToLeft(text: string, offset: number): boolean {
  const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  const letter = /\p{L}/u.exec(text.slice(start, text.indexOf("\n", offset) + 1 || text.length));
  return letter !== null && RIGHT_TO_LEFT.test(letter[0]);
}
