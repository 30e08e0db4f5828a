import type { TextRange } from "../core/segments";
import type { Piece } from "../core/spans";

/** The ground of spans, painted by the browser itself. */
export interface Grounds {
  /** Whether the browser can; else somebody else has to paint it. */
  readonly native: boolean;
  /** `text` numbers the text on show: what was painted on another is gone. */
  set(pieces: readonly Piece[], text: number): void;
  dispose(): void;
}

interface GroundsOptions {
  readonly place: HTMLElement;
  /** What no other page part calls its highlights. */
  readonly prefix: string;
  readonly colors: readonly string[];
  /** Place of a span's colour. */
  colorOf(piece: Piece): number;
  range(piece: TextRange): Range;
}

interface Painted {
  readonly piece: Piece;
  readonly color: number;
  readonly range: Range;
}

const NOTHING: Grounds = { native: false, set: () => undefined, dispose: () => undefined };

/** CSS highlights, one for each colour: their names belong to the whole page, their rules to the shadow root. */
export function createGrounds({ place, prefix, colors, colorOf, range }: GroundsOptions): Grounds {
  if (typeof Highlight !== "function" || !("highlights" in CSS)) return NOTHING;
  const style = document.createElement("style");
  style.textContent = colors.map((color, number) => `::highlight(${prefix}${number}){background:${color}47}`).join("");
  place.append(style);
  const highlights = colors.map(() => new Highlight());
  for (const [number, highlight] of highlights.entries()) CSS.highlights.set(`${prefix}${number}`, highlight);
  let painted = new Map<string, Painted>();
  let shown = -1;

  /** A range that is there already is kept: of 2,000 spans a gesture changes one. */
  function keep(piece: Piece, before: Painted | undefined): Painted {
    const color = colorOf(piece);
    const same = before && before.piece.from === piece.from && before.piece.to === piece.to && before.color === color;
    return same ? before : { piece, color, range: range(piece) };
  }

  return {
    native: true,
    set(pieces, text) {
      const next = new Map(pieces.map((piece) => [piece.id, keep(piece, text === shown ? painted.get(piece.id) : undefined)]));
      for (const [id, entry] of painted) if (next.get(id) !== entry) highlights[entry.color]?.delete(entry.range);
      for (const [id, entry] of next) if (painted.get(id) !== entry) highlights[entry.color]?.add(entry.range);
      painted = next;
      shown = text;
    },
    dispose() {
      for (const number of colors.keys()) CSS.highlights.delete(`${prefix}${number}`);
      style.remove();
    },
  };
}
