import type { Span } from "../generated/schema";
import type { Segments, TextRange } from "./segments";
import { countBelow, type Offsets } from "./texts";

/** A span in UTF-16 units, as the page works with it. */
export interface Piece extends TextRange {
  readonly id: string;
  readonly label: string;
}

export function pieceOf({ id, label, start, end }: Span, offsets: Offsets): Piece {
  return { id, label, from: offsets.toUnit(start), to: offsets.toUnit(end) };
}

export function spanOf({ id, label, from, to }: Piece, offsets: Offsets): Span {
  return { id, label, start: offsets.toCodePoint(from), end: offsets.toCodePoint(to) };
}

/** In reading order; of spans that begin alike the longest first, so that it lies around the others. */
export function inOrder(pieces: readonly Piece[]): Piece[] {
  return [...pieces].sort((one, other) => one.from - other.from || other.to - one.to);
}

/** Finds the spans in a part of the text without looking at all of them. */
export interface PieceIndex {
  readonly pieces: readonly Piece[];
  within(range: TextRange): Piece[];
}

export function indexPieces(pieces: readonly Piece[]): PieceIndex {
  const ordered = inOrder(pieces);
  let furthest = 0;
  /** How far the spans up to each place reach. */
  const reach = ordered.map(({ to }) => {
    furthest = Math.max(furthest, to);
    return furthest;
  });
  return {
    pieces: ordered,
    within({ from, to }) {
      const first = countBelow(reach, (end) => end <= from);
      const last = countBelow(ordered, (piece) => piece.from < to);
      return ordered.slice(first, last).filter((piece) => piece.to > from);
    },
  };
}

/** Where the line of a span is drawn under the text: its row, 0 next to the text, and how many rows there are where it is. */
export interface Row {
  readonly row: number;
  readonly of: number;
}

/** The rows of spans: those that overlap have different ones. */
export function rowsOf(pieces: readonly Piece[]): Map<string, Row> {
  return new Map(
    clustersOf(pieces).flatMap((cluster) => {
      const rows = stack(cluster);
      const of = Math.max(...rows.values()) + 1;
      return [...rows].map(([id, row]) => [id, { row, of }] as const);
    }),
  );
}

/** Spans in groups that have no character in common. */
function clustersOf(pieces: readonly Piece[]): Piece[][] {
  const clusters: Piece[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const piece of inOrder(pieces)) {
    const last = clusters.at(-1);
    if (last && piece.from < end) last.push(piece);
    else clusters.push([piece]);
    end = Math.max(end, piece.to);
  }
  return clusters;
}

function stack(pieces: readonly Piece[]): Map<string, number> {
  const rows = new Map<string, number>();
  // Those inside come to lie next to the text, those around them below.
  for (const piece of [...pieces].sort((one, other) => one.to - one.from - (other.to - other.from))) {
    const taken = new Set(pieces.filter((other) => rows.has(other.id) && overlap(piece, other)).map(({ id }) => rows.get(id)));
    let row = 0;
    while (taken.has(row)) row += 1;
    rows.set(piece.id, row);
  }
  return rows;
}

export function overlap(one: TextRange, other: TextRange): boolean {
  return one.from < other.to && other.from < one.to;
}

export interface Identical {
  readonly wholeWord: boolean;
  readonly matchCase: boolean;
}

/** All places of the text that read as a piece of it does, itself left out. */
export function identicalTo(text: string, range: TextRange, { wholeWord, matchCase }: Identical, segments: Segments): TextRange[] {
  const wanted = text.slice(range.from, range.to);
  const pattern = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), matchCase ? "gu" : "giu");
  const found: TextRange[] = [];
  for (const match of text.matchAll(pattern)) {
    const place = { from: match.index, to: match.index + match[0].length };
    if (place.from === range.from || !fits(place, wholeWord ? "word" : "character", segments)) continue;
    found.push(place);
  }
  return found;
}

/** Whether a place begins and ends between units. */
function fits({ from, to }: TextRange, granularity: "character" | "word", segments: Segments): boolean {
  return segments.at(from, granularity)?.from === from && segments.at(to - 1, granularity)?.to === to;
}
