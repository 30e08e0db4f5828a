import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { GRANULARITIES, type Granularity, isRightToLeft, type Segments, segmentsOf, type TextRange } from "../core/segments";
import { created, type ShapeChange, updated } from "../core/shapes";
import { identicalTo, indexPieces, type Piece, type PieceIndex, pieceOf, spanOf } from "../core/spans";
import type { TaskContext } from "../core/task";
import { type Offsets, offsetsOf, type TextMedia } from "../core/texts";
import { makeId } from "../core/transport";
import type { Span } from "../generated/schema";

export type SpanContext = TaskContext<readonly Span[], ShapeChange<Span>, TextMedia>;

/** What is marked and has no class yet: from one unit to another, either way round. */
interface Mark {
  readonly anchor: TextRange;
  readonly focus: TextRange;
}

/** All places that read alike, looked at before they are labeled. */
export interface IdenticalSearch {
  readonly piece: TextRange;
  readonly label: string;
  readonly wholeWord: boolean;
  readonly matchCase: boolean;
}

/** The spans of a text and what can be done to them, in UTF-16 units; what is drawn and where the pointer is, others know. */
export interface SpanScene {
  readonly text: ReadonlySignal<string>;
  readonly index: ReadonlySignal<PieceIndex>;
  readonly granularity: Signal<Granularity>;
  /** What is marked now. */
  readonly marked: ReadonlySignal<TextRange | null>;
  /** Shown other than it is, while its end is dragged. */
  readonly preview: Signal<Piece | null>;
  readonly search: Signal<IdenticalSearch | null>;
  /** The places that the search would label. */
  readonly found: ReadonlySignal<readonly TextRange[]>;
  readonly selected: ReadonlySignal<Piece | null>;
  segments(): Segments;
  /** The smallest span around a character. */
  pieceAt(offset: number): Piece | null;
  select(id: string | null): void;
  /** Marks the units from one place to another; null marks nothing. */
  mark(range: TextRange | null, granularity?: Granularity): void;
  /** Moves what is marked to the next unit, or extends it. */
  step(by: 1 | -1, extend: boolean): void;
  /** Gives what is marked a class; false when nothing is marked. */
  label(name?: string): boolean;
  resize(piece: Piece, edge: "from" | "to", offset: number): Piece | null;
  /** Moves an end of the selected span by one unit. */
  nudge(edge: "from" | "to", by: 1 | -1): void;
  commit(piece: Piece): void;
  searchIdentical(): void;
  labelIdentical(): void;
}

export function createSpanScene(context: SpanContext): SpanScene {
  const text = computed(() => context.item.value?.media?.text ?? "");
  const offsets = computed<Offsets>(() => offsetsOf(text.value));
  const segments = computed(() => segmentsOf(text.value));
  /** Those of the person and those that wait for an answer. */
  const index = computed(() => {
    const suggested = context.suggestions.waiting.value.map(({ part }) => part as Span);
    return indexPieces([...(context.item.value?.value ?? []), ...suggested].map((span) => pieceOf(span, offsets.value)));
  });
  const granularity = signal<Granularity>("word");
  const marking = signal<Mark | null>(null);
  const preview = signal<Piece | null>(null);
  const search = signal<IdenticalSearch | null>(null);
  /** Where the next step of the keyboard begins, also when nothing is marked. */
  let cursor = 0;

  const marked = computed(() => {
    if (!marking.value) return null;
    const { anchor, focus } = marking.value;
    return { from: Math.min(anchor.from, focus.from), to: Math.max(anchor.to, focus.to) };
  });
  const selected = computed(() => {
    const [id, ...others] = context.selection.value;
    return others.length === 0 ? (index.value.pieces.find((piece) => piece.id === id) ?? null) : null;
  });
  const overlapping = context.view.settings["overlapping"] !== false;
  const activeLabel = () => context.labels[context.label.peek()]?.name ?? "";

  const found = computed(() => {
    if (!search.value) return [];
    const { piece, label } = search.value;
    const places = identicalTo(text.value, piece, search.value, segments.value);
    return places.filter((place) => {
      const there = index.value.within(place);
      return overlapping ? !there.some((other) => same(other, place) && other.label === label) : there.length === 0;
    });
  });

  function say(message: string): void {
    context.notice.value = { level: "info", message };
  }

  function select(id: string | null): void {
    marking.value = null;
    context.selection.value = id === null ? [] : [id];
    context.chosen.value = id !== null;
    const piece = id === null ? null : index.value.pieces.find((other) => other.id === id);
    if (piece) {
      cursor = piece.to;
      context.announce(`${piece.label}: ${excerpt(text.value, piece)}`);
    }
  }

  function deselect(): void {
    if (context.selection.peek().length > 0) context.selection.value = [];
    context.chosen.value = false;
  }

  function put(change: ShapeChange<Span>): void {
    context.commit(change);
  }

  /** A span that another would overlap where the task does not allow it. */
  function inTheWay(piece: Piece): Piece | undefined {
    return overlapping ? undefined : index.value.within(piece).find((other) => other.id !== piece.id);
  }

  /** The unit at which a span ends or begins once that end was moved by one: inwards it gives up the unit that it is at. */
  function beside(piece: TextRange, edge: "from" | "to", forward: boolean): TextRange | null {
    const next = (from: number) => segments.value.next(from, granularity.value);
    const previous = (to: number) => segments.value.previous(to, granularity.value);
    if (forward === (edge === "to")) return forward ? next(piece.to) : previous(piece.from);
    const given = forward ? next(piece.from) : previous(piece.to);
    if (!given) return null;
    return forward ? next(given.to) : previous(given.from);
  }

  const scene: SpanScene = {
    text,
    index,
    granularity,
    marked,
    preview,
    search,
    found,
    selected,
    segments: () => segments.value,
    pieceAt(offset) {
      const around = index.value.within({ from: offset, to: offset + 1 });
      return around.reduce<Piece | null>((best, piece) => (best && best.to - best.from < piece.to - piece.from ? best : piece), null);
    },
    select,
    mark(range, by = granularity.value) {
      const whole = range && segments.value.expand(range, by);
      marking.value = whole && { anchor: whole, focus: whole };
      if (!whole) return;
      deselect();
      cursor = whole.from;
    },
    step(by, extend) {
      const towards = isRightToLeft(text.value, marking.value?.focus.from ?? cursor) ? -by : by;
      const before = marking.value;
      const at = before?.focus ?? { from: cursor, to: cursor };
      const unit = towards > 0 ? segments.value.next(at.to, granularity.value) : segments.value.previous(at.from, granularity.value);
      if (!unit) return;
      marking.value = { anchor: extend && before ? before.anchor : unit, focus: unit };
      deselect();
      cursor = unit.from;
      context.announce(excerpt(text.value, marked.value ?? unit));
    },
    label(name = activeLabel()) {
      const range = marked.value;
      if (!range) return false;
      marking.value = null;
      cursor = range.to;
      const piece = { id: makeId(), label: name, ...range };
      const equal = index.value.within(range).filter((other) => same(other, range));
      const twin = equal.find((other) => other.label === name);
      const suggested = context.suggestions.waiting.value.filter(({ id }) => id === twin?.id);
      if (suggested.length > 0) context.suggestions.accept(suggested);
      else if (twin) select(twin.id);
      else if (!overlapping && equal[0]) put(updated(spanOf({ ...equal[0], label: name }, offsets.value)));
      else if (inTheWay(piece)) say("Spans of this task must not overlap.");
      else {
        put(created(spanOf(piece, offsets.value)));
        context.selection.value = [piece.id];
        context.chosen.value = false;
        context.announce(`${name}: ${excerpt(text.value, range)}`);
      }
      return true;
    },
    resize(piece, edge, offset) {
      const opposite = edge === "from" ? piece.to : piece.from;
      const range = segments.value.expand({ from: Math.min(offset, opposite), to: Math.max(offset, opposite) }, granularity.value);
      if (!range) return null;
      // The end that is not held stays where it is, between which units ever.
      const after = edge === "from" ? { ...piece, from: Math.min(range.from, piece.to) } : { ...piece, to: Math.max(range.to, piece.from) };
      return after.from < after.to ? after : null;
    },
    nudge(edge, by) {
      const piece = selected.value;
      if (!piece) return;
      const forward = isRightToLeft(text.value, piece.from) ? by < 0 : by > 0;
      const unit = beside(piece, edge, forward);
      const after = unit && { ...piece, [edge]: unit[edge] };
      if (after && after.from < after.to) scene.commit(after);
    },
    commit(piece) {
      const before = index.value.pieces.find(({ id }) => id === piece.id);
      if (!before || (same(before, piece) && before.label === piece.label)) return;
      if (inTheWay(piece)) say("Spans of this task must not overlap.");
      else put(updated(spanOf(piece, offsets.value)));
    },
    searchIdentical() {
      const piece = selected.value ?? marked.value;
      if (!piece) return say("Mark a span first, then label all places that read alike.");
      search.value = { piece, label: selected.value?.label ?? activeLabel(), wholeWord: true, matchCase: true };
    },
    labelIdentical() {
      const wanted = search.value;
      if (!wanted) return;
      const places = selected.value ? found.value : [wanted.piece, ...found.value];
      search.value = null;
      marking.value = null;
      // Places that read alike may overlap one another, as "ana" does in "banana": matches never do.
      if (places.length > 0)
        put(created(...places.map((place) => spanOf({ id: makeId(), label: wanted.label, from: place.from, to: place.to }, offsets.value))));
      context.announce(`${places.length} spans labeled ${wanted.label}`);
    },
  };
  return scene;
}

/** Keeps the scene in step with what is on show, until the returned function is called. */
export function followItem(scene: SpanScene, context: SpanContext): () => void {
  const place = computed(() => context.item.value?.view.id);
  const stops = [
    effect(() => {
      // What was marked belongs to the text in which it began.
      place.value;
      scene.mark(null);
      scene.search.value = null;
      scene.preview.value = null;
    }),
    effect(() => {
      context.taker.value = scene.marked.value ? (name) => void scene.label(name) : null;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    context.taker.value = null;
  };
}

export function nextGranularity(granularity: Granularity): Granularity {
  return GRANULARITIES[(GRANULARITIES.indexOf(granularity) + 1) % GRANULARITIES.length] ?? "word";
}

export function excerpt(text: string, { from, to }: TextRange): string {
  const piece = text.slice(from, Math.min(to, from + 80)).replace(/\s+/gu, " ");
  return to - from > 80 ? `${piece}…` : piece;
}

export function same(one: TextRange, other: TextRange): boolean {
  return one.from === other.from && one.to === other.to;
}
