import { effect } from "@preact/signals";
import { isRightToLeft, isWrittenRightToLeft, type TextRange } from "../core/segments";
import { type Piece, rowsOf } from "../core/spans";
import type { LabelView } from "../generated/schema";
import type { SpanScene } from "../tools/spans";
import { createGrounds } from "./span-grounds";
import type { TextStage } from "./text-stage";

const UNKNOWN_COLOR = "#9e9e9e";
/** Height of a span's line under the text, and from one such line to the next, where there is room for all of them. */
const ROW_PX = 3;
const ROW_STEP_PX = 4.5;
/** Least room between two lines, and between the lowest and the next line of text. */
const ROW_GAP_PX = 1;
const BELOW_PX = 2;
/** Between the names of two spans. */
const NAME_GAP_PX = 2;
/** From where a name belongs; the colour says of which class the span is. */
const FARTHEST_NAME_PX = 60;
/** Text that is kept painted above and below what is seen, so that scrolling finds it there. */
const MARGIN_PX = 700;

let painters = 0;

interface PaintOptions {
  readonly labels: readonly LabelView[];
  isSelected(id: string): boolean;
  /** Whether it waits for an answer. */
  isSuggested(id: string): boolean;
}

export interface SpanPainter {
  /** Brings a place of the text into sight. */
  reveal(range: TextRange): void;
  rectsOf(range: TextRange): DOMRect[];
  /** Where a span begins or ends on the screen: what is written from right to left begins at its right. */
  edgeOf(piece: TextRange, edge: "from" | "to"): { readonly x: number; readonly rect: DOMRect } | null;
  dispose(): void;
}

/**
 * Paints spans on a text stage.
 *
 * The ground of all of them is a CSS highlight of each class, which costs the page nothing per span, or boxes where the browser has none; lines, names
 * and handles are elements over the text, of what is in sight only.
 */
export function createSpanPainter(stage: TextStage, scene: SpanScene, { labels, isSelected, isSuggested }: PaintOptions): SpanPainter {
  const prefix = `nblabel-${painters++}-`;
  const [under, layer] = [layerOf("grounds"), layerOf("marks")];
  stage.sheet.prepend(under);
  stage.sheet.append(layer);
  const colors = new Map(labels.map(({ name, color }) => [name, color]));
  const shortNames = new Map(labels.map(({ name, short_name }) => [name, short_name ?? name]));
  const numbers = new Map([...colors.keys()].map((name, number) => [name, number]));
  const highlights = createGrounds({
    place: stage.sheet,
    prefix,
    colors: [...colors.values(), UNKNOWN_COLOR],
    colorOf: ({ label }) => numbers.get(label) ?? colors.size,
    range,
  });
  let frame = 0;
  let paintedAt = 0;

  function range({ from, to }: TextRange): Range {
    const made = document.createRange();
    const [start, end] = [stage.pointAt(from), stage.pointAt(to)];
    made.setStart(start.node, start.offset);
    made.setEnd(end.node, end.offset);
    return made;
  }

  function rectsOf(piece: TextRange): DOMRect[] {
    return joined([...range(piece).getClientRects()].filter(({ width, height }) => width > 0 && height > 0));
  }

  function edgeOf({ from, to }: TextRange, edge: "from" | "to"): { x: number; rect: DOMRect } | null {
    const unit = scene.segments().at(edge === "from" ? from : to - 1, "character");
    const rect = unit ? rectsOf(unit).at(edge === "from" ? 0 : -1) : undefined;
    if (!unit || !rect) return null;
    const right = isWrittenRightToLeft(scene.text.peek(), unit.from) === (edge === "from");
    return { x: right ? rect.right : rect.left, rect };
  }

  function handles(piece: TextRange, sight: TextRange, corner: DOMRect): HTMLElement[] {
    const made = (edge: "from" | "to") => {
      const end = edgeOf(piece, edge);
      if (!end) return [];
      const handle = at("handle", end.rect, corner, "");
      handle.style.left = `${end.x - corner.left}px`;
      handle.dataset["edge"] = edge;
      return [handle];
    };
    return [...(piece.from >= sight.from ? made("from") : []), ...(piece.to <= sight.to ? made("to") : [])];
  }

  /** What can be seen, and a little more. */
  function inSight(): TextRange {
    const length = scene.text.peek().length;
    const view = stage.pages.getBoundingClientRect();
    const above = (limit: number) =>
      stage.firstBelow(limit, (offset) => range({ from: offset, to: Math.min(offset + 1, length) }).getBoundingClientRect());
    return { from: above(view.top - MARGIN_PX), to: above(view.bottom + MARGIN_PX) };
  }

  function paint(): void {
    frame = 0;
    paintedAt = stage.pages.scrollTop;
    if (scene.text.peek() === "") {
      layer.replaceChildren();
      under.replaceChildren();
      return;
    }
    const corner = stage.sheet.getBoundingClientRect();
    const sight = inSight();
    const pieces = piecesIn(sight, corner);
    under.replaceChildren(...pieces.grounds);
    layer.replaceChildren(...pieces.lines, ...plainIn("marked", sight, corner), ...plainIn("found", sight, corner));
    spread(layer);
  }

  function piecesIn(sight: TextRange, corner: DOMRect): { lines: HTMLElement[]; grounds: HTMLElement[] } {
    const preview = scene.preview.value;
    const pieces = scene.index.value.within(sight).map((piece) => (piece.id === preview?.id ? preview : piece));
    const rows = rowsOf(pieces);
    const names = new Map<number, HTMLElement>();
    const grounds: HTMLElement[] = [];
    const lineHeight = Number.parseFloat(getComputedStyle(stage.sheet).lineHeight);
    const lines = pieces.flatMap((piece) => {
      const color = colors.get(piece.label) ?? UNKNOWN_COLOR;
      const rects = rectsOf(clip(piece, sight));
      const chosen = isSelected(piece.id);
      const { row, of } = rows.get(piece.id) ?? { row: 0, of: 1 };
      const drawn = rects.flatMap((rect) => {
        const bar = at("bar", rect, corner, color);
        const step = Math.min(ROW_STEP_PX, (lineHeight - rect.height - BELOW_PX) / of);
        bar.style.top = `${rect.bottom - corner.top + step * row}px`;
        bar.style.height = `${Math.min(ROW_PX, Math.max(step - ROW_GAP_PX, ROW_GAP_PX))}px`;
        bar.dataset["suggested"] = String(isSuggested(piece.id));
        if (!highlights.native) grounds.push(at("ground", rect, corner, color));
        return [bar, ...(chosen ? [at("chosen", rect, corner, color)] : [])];
      });
      const ends = chosen ? handles(piece, sight, corner) : [];
      return [...drawn, ...ends, ...nameOf(piece, sight, rects, corner, names)];
    });
    return { lines, grounds };
  }

  /** Its name stands over its first character; several that begin there stand in a row. */
  function nameOf(piece: Piece, sight: TextRange, rects: readonly DOMRect[], corner: DOMRect, rows: Map<number, HTMLElement>): HTMLElement[] {
    const first = rects[0];
    if (!first || piece.from < sight.from) return [];
    const name = document.createElement("i");
    name.textContent = shortNames.get(piece.label) ?? piece.label;
    name.style.setProperty("--color", colors.get(piece.label) ?? UNKNOWN_COLOR);
    const known = rows.get(piece.from);
    const row = known ?? at("names", first, corner, "");
    if (isRightToLeft(scene.text.value, piece.from)) row.dataset["side"] = "right";
    name.dataset["suggested"] = String(isSuggested(piece.id));
    row.append(name);
    rows.set(piece.from, row);
    return known ? [] : [row];
  }

  function plainIn(kind: "marked" | "found", sight: TextRange, corner: DOMRect): HTMLElement[] {
    const marked = scene.marked.value;
    const ranges = kind === "found" ? scene.found.value : marked ? [marked] : [];
    return ranges
      .filter(({ from, to }) => from < sight.to && to > sight.from)
      .flatMap((piece) => rectsOf(clip(piece, sight)).map((rect) => at(kind, rect, corner, "")));
  }

  const schedule = () => {
    frame ||= requestAnimationFrame(paint);
  };
  const stops = [
    effect(() => {
      highlights.set(scene.index.value.pieces, stage.shown.value.number);
    }),
    effect(() => {
      // Whatever is painted of the state; the places on the screen are measured in the next frame.
      scene.index.value;
      scene.marked.value;
      scene.found.value;
      scene.preview.value;
      scene.selected.value;
      stage.zoom.value;
      stage.shown.value;
      schedule();
    }),
  ];
  const observer = new ResizeObserver(schedule);
  observer.observe(stage.sheet);
  const scrolled = () => {
    if (Math.abs(stage.pages.scrollTop - paintedAt) > MARGIN_PX / 2) schedule();
  };
  stage.pages.addEventListener("scroll", scrolled, { passive: true });

  return {
    rectsOf,
    edgeOf,
    reveal(piece) {
      const rect = rectsOf({ from: piece.from, to: Math.min(piece.to, piece.from + 1) })[0];
      const view = stage.pages.getBoundingClientRect();
      if (!rect) return;
      if (rect.top < view.top + 40) stage.pages.scrollBy({ top: rect.top - view.top - 80 });
      else if (rect.bottom > view.bottom - 40) stage.pages.scrollBy({ top: rect.bottom - view.bottom + 80 });
    },
    dispose() {
      for (const stop of stops) stop();
      observer.disconnect();
      stage.pages.removeEventListener("scroll", scrolled);
      cancelAnimationFrame(frame);
      highlights.dispose();
      layer.remove();
      under.remove();
    },
  };
}

function layerOf(name: string): HTMLElement {
  const made = document.createElement("div");
  made.className = name;
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** Moves names that would cover one another along their line, in the direction of the text; one that came too far from its word is not shown. */
function spread(layer: HTMLElement): void {
  const rows = [...layer.querySelectorAll<HTMLElement>(".names")].map((row) => {
    const { top, left } = (row.firstElementChild ?? row).getBoundingClientRect();
    const { right } = (row.lastElementChild ?? row).getBoundingClientRect();
    const backward = row.dataset["side"] === "right";
    return { row, backward, line: `${Math.round(top)} ${backward}`, near: backward ? -right : left, far: backward ? -left : right };
  });
  const taken = new Map<string, number>();
  for (const { row, backward, line, near, far } of rows.sort((one, other) => one.near - other.near)) {
    const moved = Math.max(0, (taken.get(line) ?? Number.NEGATIVE_INFINITY) + NAME_GAP_PX - near);
    row.style.translate = `${backward ? -moved : moved}px`;
    row.hidden = moved > FARTHEST_NAME_PX;
    if (!row.hidden) taken.set(line, far + moved);
  }
}

/** Boxes of one line as one where they touch: a browser gives the blank at the end of a line one of its own. */
function joined(rects: readonly DOMRect[]): DOMRect[] {
  const found: DOMRect[] = [];
  for (const rect of rects) {
    const last = found.at(-1);
    const touch = last && last.top === rect.top && last.bottom === rect.bottom && rect.left <= last.right + 1 && last.left <= rect.right + 1;
    if (!touch) found.push(rect);
    else {
      const left = Math.min(last.left, rect.left);
      found[found.length - 1] = new DOMRect(left, last.top, Math.max(last.right, rect.right) - left, last.height);
    }
  }
  return found;
}

function clip(piece: TextRange, sight: TextRange): TextRange {
  return { from: Math.max(piece.from, sight.from), to: Math.min(piece.to, sight.to) };
}

function at(name: string, rect: DOMRect, corner: DOMRect, color: string): HTMLElement {
  const made = document.createElement("div");
  made.className = name;
  const [left, top] = [rect.left - corner.left, rect.top - corner.top];
  Object.assign(made.style, { left: `${left}px`, top: `${top}px`, width: `${rect.width}px`, height: `${rect.height}px` });
  if (color) made.style.setProperty("--color", color);
  return made;
}
