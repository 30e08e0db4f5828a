import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { LoadedItem } from "../core/task";
import { blocksOf, countBelow, type TextMedia } from "../core/texts";

/** A place in the page's text, as ranges want it. */
export interface TextPoint {
  readonly node: Text;
  readonly offset: number;
}

/** A text with its own scroll bar and size; offsets are UTF-16 units, as the browser counts. */
export interface TextStage {
  /** Size of the letters, 1 at the start. */
  readonly zoom: ReadonlySignal<number>;
  /** What scrolls. */
  readonly pages: HTMLElement;
  /** What the text and whatever lies over it are positioned in. */
  readonly sheet: HTMLElement;
  /** The text that is on show; a new one has a new number. */
  readonly shown: ReadonlySignal<{ readonly text: string; readonly number: number }>;
  fit(): void;
  zoomBy(factor: number): void;
  pointAt(offset: number): TextPoint;
  /** The place between two characters that is nearest to a point of the screen; null where there is no text near. */
  caretAt(x: number, y: number): number | null;
  /** The first character that ends below a height of the screen. */
  firstBelow(limit: number, rectOf: (offset: number) => DOMRect): number;
}

const SMALLEST = 0.6;
const LARGEST = 4;
/** Height of a line and its letters in pixels, roughly: to know how far to scroll before all blocks were laid out. */
const LINE_PX = 26;
const LETTERS = 100;

/** Shows the text of an item; line breaks, blanks and the direction of each line are those of the text. */
export function createTextStage(element: HTMLElement, item: ReadonlySignal<LoadedItem<unknown, TextMedia> | null>, life: AbortSignal): TextStage {
  const pages = div("pages");
  const sheet = div("sheet");
  const page = div("document");
  page.dataset["nblabel"] = "text";
  page.dir = "auto";
  sheet.append(page);
  pages.append(sheet);
  element.append(pages);

  const zoom = signal(1);
  const shown = signal({ text: "", number: 0 });
  let starts: number[] = [0];
  let nodes: Text[] = [];
  let last: number | undefined;

  function show(text: string): void {
    starts = blocksOf(text);
    nodes = starts.map((start, place) => document.createTextNode(text.slice(start, starts[place + 1])));
    // A short text stands in the page itself, a long one in blocks that are laid out when they come into sight.
    page.replaceChildren(...(nodes.length === 1 ? nodes : nodes.map(block)));
    pages.scrollTop = 0;
    shown.value = { text, number: shown.peek().number + 1 };
  }

  const stops = [
    effect(() => {
      const text = item.value?.media?.text ?? "";
      if (text !== shown.peek().text || item.value?.view.id !== last) show(text);
      last = item.value?.view.id;
    }),
    effect(() => {
      sheet.style.setProperty("--scale", String(zoom.value));
      Object.assign(element.dataset, { x: "0", y: "0", zoom: String(zoom.value) });
    }),
  ];
  life.addEventListener("abort", () => {
    for (const stop of stops) stop();
    element.replaceChildren();
  });

  function blockAt(offset: number): number {
    return countBelow(starts, (start) => start <= offset) - 1;
  }

  return {
    zoom,
    pages,
    sheet,
    shown,
    fit() {
      zoom.value = 1;
    },
    zoomBy(factor) {
      zoom.value = Math.min(Math.max(zoom.peek() * factor, SMALLEST), LARGEST);
    },
    pointAt(offset) {
      const place = blockAt(offset);
      return { node: nodes[place] as Text, offset: offset - (starts[place] ?? 0) };
    },
    caretAt(x, y) {
      const caret = caretFromPoint(element.getRootNode(), x, y);
      const place = caret ? nodes.indexOf(caret.node as Text) : -1;
      return caret && place >= 0 ? (starts[place] ?? 0) + caret.offset : null;
    },
    firstBelow(limit, rectOf) {
      const place = nodes.length > 1 ? countBelow(nodes, (node) => (node.parentElement?.getBoundingClientRect().bottom ?? 0) < limit) : 0;
      let low = starts[place] ?? shown.peek().text.length;
      let high = starts[place + 1] ?? shown.peek().text.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (rectOf(middle).bottom < limit) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}

function div(name: string): HTMLDivElement {
  const made = document.createElement("div");
  made.className = name;
  return made;
}

/** Browsers agree on the newer of two ways to ask, and each has one of them. */
function caretFromPoint(root: Node, x: number, y: number): { node: Node; offset: number } | null {
  const caret = document.caretPositionFromPoint?.(x, y, root instanceof ShadowRoot ? { shadowRoots: [root] } : undefined);
  if (caret) return { node: caret.offsetNode, offset: caret.offset };
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}

function block(node: Text): HTMLDivElement {
  const made = document.createElement("div");
  const lines = [...node.data.matchAll(/[^\n]*\n?/g)].reduce((sum, [line]) => sum + Math.max(Math.ceil(line.length / LETTERS), line ? 1 : 0), 0);
  made.style.containIntrinsicSize = `auto ${lines * LINE_PX}px`;
  made.append(node);
  return made;
}
