import type { ReadonlySignal } from "@preact/signals";
import type { Granularity, TextRange } from "../core/segments";
import type { Piece } from "../core/spans";
import type { SpanPainter } from "../ui/span-painter";
import type { TextStage } from "../ui/text-stage";
import type { SpanScene } from "./spans";

/** How near to the end of a selected span a press takes hold of it, and how far a hand may tremble without meaning a drag. */
const REACH_PX = 6;
const TREMBLE_PX = 4;
/** The same of a finger, and how long it rests on the text before its drag marks, whichever way it goes. */
const FINGER_REACH_PX = 22;
const FINGER_TREMBLE_PX = 10;
const REST_MS = 400;
/** Nearer than this to the edge a drag scrolls, by so much at a time. */
const EDGE_PX = 24;
const SCROLL_PX = 18;

interface Press {
  readonly x: number;
  readonly y: number;
  readonly caret: number;
  /** The end of a span that is held. */
  readonly held: { readonly piece: Piece; readonly edge: "from" | "to" } | null;
  moved: boolean;
  /** A finger that may still want to scroll, or to do nothing but touch. */
  resting: boolean;
}

/**
 * Turns the pointer into marks, spans and selections: a drag, a click on each of two places, a double click.
 *
 * A finger that drags up or down scrolls; it marks when it drags sideways, or anywhere once it has rested on the text, and takes hold of the ends of
 * a selected span at once.
 */
export function listenForSpans(
  stage: TextStage,
  scene: SpanScene,
  painter: SpanPainter,
  options: { readonly labelsAtOnce: ReadonlySignal<boolean>; finish(): void },
  life: AbortSignal,
): { open(): boolean; cancel(): boolean } {
  let press: Press | null = null;
  /** The last press, whose click may follow. */
  let released: Press | null = null;
  /** Where the first of two clicks was. */
  let first: TextRange | null = null;

  function by(event: MouseEvent): Granularity {
    return event.altKey ? "character" : scene.granularity.peek();
  }

  /** The character under the pointer, not just one near it. */
  function characterAt(x: number, y: number): number | null {
    const caret = stage.caretAt(x, y);
    if (caret === null) return null;
    for (const offset of [caret, caret - 1]) {
      const unit = scene.segments().at(offset, "character");
      if (offset < 0 || !unit) continue;
      const hit = painter.rectsOf(unit).some((rect) => x >= rect.left - 1 && x <= rect.right + 1 && y >= rect.top - 4 && y <= rect.bottom + 4);
      if (hit) return unit.from;
    }
    return null;
  }

  function holdAt(x: number, y: number, reach = REACH_PX): Press["held"] {
    const piece = scene.selected.peek();
    if (!piece) return null;
    const near = (edge: "from" | "to") => {
      const end = painter.edgeOf(piece, edge);
      return end !== null && Math.abs(end.x - x) <= reach && y >= end.rect.top - reach / 3 && y <= end.rect.bottom + reach / 3;
    };
    if (near("to")) return { piece, edge: "to" };
    return near("from") ? { piece, edge: "from" } : null;
  }

  function drag(event: MouseEvent, start: Press): void {
    const view = stage.pages.getBoundingClientRect();
    if (event.clientY < view.top + EDGE_PX) stage.pages.scrollBy({ top: -SCROLL_PX });
    if (event.clientY > view.bottom - EDGE_PX) stage.pages.scrollBy({ top: SCROLL_PX });
    const caret = stage.caretAt(event.clientX, event.clientY);
    if (caret === null) return;
    if (start.held) {
      scene.preview.value = scene.resize(start.held.piece, start.held.edge, caret) ?? scene.preview.peek();
      return;
    }
    first = null;
    scene.mark({ from: Math.min(start.caret, caret), to: Math.max(start.caret, caret) }, by(event));
  }

  function release(start: Press): void {
    if (start.held) {
      const after = scene.preview.peek();
      scene.preview.value = null;
      if (after) scene.commit(after);
    } else if (options.labelsAtOnce.peek()) options.finish();
  }

  function click(event: MouseEvent): void {
    const offset = characterAt(event.clientX, event.clientY);
    const begun = first ?? (event.shiftKey ? scene.marked.peek() : null);
    const there = offset === null ? null : scene.pieceAt(offset);
    if (offset === null || (there && !begun && !event.shiftKey)) {
      first = null;
      scene.select(there?.id ?? null);
    } else markUnit(event, offset, begun);
  }

  function markUnit(event: MouseEvent, offset: number, begun: TextRange | null): void {
    // The second click of a double click means the word, also where characters are marked.
    const unit = scene.segments().at(offset, event.detail > 1 && by(event) === "character" ? "word" : by(event));
    if (!unit) return;
    scene.mark(begun ? { from: Math.min(begun.from, unit.from), to: Math.max(begun.to, unit.to) } : unit, "character");
    const atOnce = options.labelsAtOnce.peek();
    const complete = atOnce && (begun !== null || event.detail > 1);
    first = atOnce && !complete ? unit : null;
    if (complete) options.finish();
  }

  const on = <Kind extends keyof HTMLElementEventMap>(kind: Kind, handle: (event: HTMLElementEventMap[Kind]) => void) =>
    stage.pages.addEventListener(kind, handle, { signal: life, passive: false });

  // The browser's own selection would follow the drag.
  on("mousedown", (event) => {
    if (event.button === 0 && event.offsetX < stage.pages.clientWidth) event.preventDefault();
  });
  on("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary || event.offsetX >= stage.pages.clientWidth) return;
    const caret = stage.caretAt(event.clientX, event.clientY);
    if (caret === null) return;
    const finger = event.pointerType === "touch";
    const held = holdAt(event.clientX, event.clientY, finger ? FINGER_REACH_PX : REACH_PX);
    const start: Press = { x: event.clientX, y: event.clientY, caret, held, moved: false, resting: finger && !held };
    press = start;
    if (start.resting) window.setTimeout(() => void (press === start && start.resting && rested(event, start)), REST_MS);
    else stage.pages.setPointerCapture(event.pointerId);
  });
  function rested(event: PointerEvent, start: Press): void {
    start.resting = false;
    start.moved = true;
    stage.pages.setPointerCapture(event.pointerId);
    const unit = scene.segments().at(start.caret, by(event));
    if (unit) scene.mark(unit);
  }
  // What the browser would do with a finger that marks, or holds an end.
  on("touchmove", (event) => {
    if (press && !press.resting) event.preventDefault();
  });
  on("contextmenu", (event) => {
    if (press) event.preventDefault();
  });
  on("pointermove", (event) => {
    if (!press) {
      stage.pages.style.cursor = holdAt(event.clientX, event.clientY) ? "ew-resize" : "text";
      return;
    }
    const [dx, dy] = [Math.abs(event.clientX - press.x), Math.abs(event.clientY - press.y)];
    press.moved ||= Math.hypot(dx, dy) >= (event.pointerType === "touch" ? FINGER_TREMBLE_PX : TREMBLE_PX);
    if (!press.moved) return;
    if (press.resting && dy > dx) {
      press = null;
      return;
    }
    press.resting = false;
    drag(event, press);
  });
  on("pointerup", () => {
    released = press;
    press = null;
    if (released?.moved) release(released);
  });
  on("click", (event) => {
    if (released && !released.moved && !released.held) click(event);
  });
  on("pointercancel", () => {
    press = null;
    scene.preview.value = null;
  });

  return {
    open: () => first !== null,
    cancel() {
      const had = first !== null || press !== null;
      first = null;
      press = null;
      scene.preview.value = null;
      return had;
    },
  };
}
