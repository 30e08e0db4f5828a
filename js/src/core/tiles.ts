import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Choice, LabelView, Suggested, Suggestion, TaskView } from "../generated/schema";
import { isFinished } from "./item-states";
import { answering, waitingOf, withSuggestions } from "./suggestions";
import type { Act, LoadedItem, TaskContext } from "./task";

/** Items of a page, and how many are asked for at once, so that the first are there soon. */
const PAGE = 24;
const ASKED = 6;

export type Tile<Media> = LoadedItem<Choice, Media>;

export interface TilesOptions<Media> {
  readonly context: TaskContext<Choice, Choice, Media>;
  /** What choosing a class changes. */
  choose(value: Choice, label: string, view: TaskView): Choice | null;
  release(media: Media): void;
}

/** A page of items, which of them are selected, and what is done to those. */
export interface Tiles<Media> {
  readonly labels: readonly LabelView[];
  /** Whether choosing a class submits. */
  readonly single: boolean;
  readonly shown: Signal<boolean>;
  /** Index of the first item of the page. */
  readonly first: ReadonlySignal<number>;
  /** Index after its last one. */
  last(): number;
  total(): number;
  readonly tiles: ReadonlySignal<ReadonlyMap<number, Tile<Media>>>;
  readonly selected: Signal<ReadonlySet<number>>;
  /** Where the keyboard is. */
  readonly cursor: ReadonlySignal<number>;
  /** What is suggested for an item and waits, surest first. */
  suggested(tile: Tile<Media>): readonly Suggestion[];
  /** Whether nothing is left to do on the page. */
  done(): boolean;
  /** What a class is given to: the selection, or the item that the keyboard is at. */
  meant(): readonly Tile<Media>[];
  /** Begins at the item on show. */
  enter(): void;
  /** Goes on, one item at a time, where the hand was last. */
  leave(): void;
  pick(index: number, how?: { readonly extend?: boolean; readonly toggle?: boolean }): void;
  pickAll(): void;
  move(by: number, extend: boolean): void;
  turn(by: 1 | -1): void;
  label(name: string): void;
  /** Accepts what is suggested for what is meant, or else submits it. */
  finish(): void;
  /** Takes part in what is done elsewhere, until the returned function is called. */
  listen(): () => void;
}

export function createTiles<Media>({ context, choose, release }: TilesOptions<Media>): Tiles<Media> {
  const shown = signal(false);
  const first = signal(0);
  const tiles = signal<ReadonlyMap<number, Tile<Media>>>(new Map());
  const selected = signal<ReadonlySet<number>>(new Set());
  const cursor = signal(0);
  const { many } = context;
  const single = !context.view.settings["multiple"];

  function put(changed: readonly Tile<Media>[]): void {
    tiles.value = new Map([...tiles.peek(), ...changed.map((tile) => [tile.view.index, tile] as const)]);
  }

  function drop(found: Iterable<Tile<Media>>): void {
    for (const { media } of found) if (media !== null) release(media);
  }

  function clear(): void {
    drop(tiles.peek().values());
    tiles.value = new Map();
    selected.value = new Set();
  }

  function last(): number {
    return Math.min(first.value + PAGE, many.total());
  }

  /** Indices of all items of the page. */
  function page(): number[] {
    return Array.from({ length: last() - first.value }, (_, offset) => first.value + offset);
  }

  async function load(start: number, at: number): Promise<void> {
    first.value = start;
    cursor.value = at;
    clear();
    const indices = page();
    for (let from = 0; from < indices.length && wanted(start); from += ASKED) {
      const found = await many.look(indices.slice(from, from + ASKED));
      if (wanted(start)) put(found);
      else drop(found);
    }
  }

  function wanted(start: number): boolean {
    return shown.peek() && first.peek() === start;
  }

  function show(start: number, at = start): void {
    load(start, at).catch((error: Error) => {
      context.notice.value = { level: "error", message: `Some items could not be loaded: ${error.message}` };
    });
  }

  function suggested(tile: Tile<Media>): readonly Suggestion[] {
    const { threshold } = context.suggestions;
    if (tile.view.error !== null) return [];
    return waitingOf(tile.view).filter(({ score }) => score === null || score >= threshold.value);
  }

  function indicesMeant(): readonly number[] {
    return selected.value.size > 0 ? [...selected.value] : [cursor.value];
  }

  function meant(): readonly Tile<Media>[] {
    return indicesMeant()
      .flatMap((index) => tiles.value.get(index) ?? [])
      .filter(({ view }) => view.error === null);
  }

  /** Nothing is done to a part of what is selected only. */
  function waits(): boolean {
    if (indicesMeant().every((index) => tiles.value.has(index))) return false;
    context.notice.value = { level: "info", message: "Some of these items are still on their way. Try again in a moment." };
    return true;
  }

  function label(name: string): void {
    if (waits()) return;
    const all = meant();
    const has = (tile: Tile<Media>) => (tile.value.none ? name === context.view.settings["exclusion"] : tile.value.labels.includes(name));
    // Where some have the class and some have not, all get it.
    const lacking = single || all.every(has) ? all : all.filter((tile) => !has(tile));
    act(lacking.map((tile) => ({ item: tile, change: choose(tile.value, name, context.view), submit: single })));
    context.announce(`${lacking.length} items: ${name}`);
  }

  function act(acts: readonly Act<Choice, Choice, Media>[]): void {
    if (acts.length === 0) return;
    put(many.act(acts));
    if (!acts.some(({ submit }) => submit)) return;
    selected.value = new Set();
    const rest = [...tiles.value.values()].find(({ view }) => !isFinished(view) && view.index > cursor.value);
    if (rest) cursor.value = rest.view.index;
  }

  function finish(): void {
    if (waits()) return;
    const all = meant();
    const offered = all.filter((tile) => !isChosen(tile.value) && suggested(tile).length > 0);
    const ready = all.filter(({ value }) => isChosen(value));
    if (offered.length > 0) {
      act(offered.map(accepting));
      context.announce(`Accepted for ${offered.length} items`);
    } else act(ready.map((item) => ({ item, change: null, submit: true })));
  }

  function accepting(tile: Tile<Media>): Act<Choice, Choice, Media> {
    const accepted = suggested(tile).slice(0, single ? 1 : undefined);
    const change = { labels: accepted.map(({ part }) => (part as { readonly label: string }).label), none: false };
    return { item: tile, change, submit: single };
  }

  function pick(index: number, { extend = false, toggle = false } = {}): void {
    const before = selected.value;
    if (extend) {
      const [low, high] = [Math.min(cursor.value, index), Math.max(cursor.value, index)];
      selected.value = new Set([...before, ...Array.from({ length: high - low + 1 }, (_, offset) => low + offset)]);
    } else if (toggle) selected.value = new Set(before.has(index) ? [...before].filter((other) => other !== index) : [...before, index]);
    else selected.value = new Set([index]);
    cursor.value = index;
  }

  return {
    labels: context.labels,
    single,
    shown,
    first,
    last,
    total: many.total,
    tiles,
    selected,
    cursor,
    suggested,
    done() {
      const all = [...tiles.value.values()];
      return all.length === last() - first.value && all.every(({ view }) => isFinished(view));
    },
    meant,
    enter() {
      show(Math.floor(many.current() / PAGE) * PAGE, many.current());
    },
    leave() {
      clear();
      many.go(cursor.value);
    },
    pick,
    pickAll() {
      selected.value = new Set(page());
    },
    move(by, extend) {
      const index = Math.min(Math.max(cursor.value + by, first.value), last() - 1);
      if (extend) pick(index, { extend });
      else cursor.value = index;
    },
    turn(by) {
      const start = first.value + by * PAGE;
      if (start >= 0 && start < many.total()) show(start);
    },
    label,
    finish,
    listen() {
      const stop = many.heard.subscribe((receipt) => {
        const tile = receipt && tiles.peek().get(receipt.index);
        if (!receipt || !tile) return;
        const { operation, state, edited } = receipt;
        const value = operation.change === null ? tile.value : (operation.change as Choice);
        put([{ ...tile, value, view: answering({ ...tile.view, state, edited, latest: operation.id }, operation) }]);
      });
      context.onEvent((event, params) => {
        const { index, suggestions } = params as Suggested;
        const tile = event === "suggested" ? tiles.peek().get(index) : undefined;
        if (tile) put([{ ...tile, view: { ...tile.view, suggestions: withSuggestions(tile.view.suggestions, suggestions) } }]);
      });
      return stop;
    },
  };
}

/** Whether an item has what it must have to be submitted. */
function isChosen({ labels, none }: Choice): boolean {
  return labels.length > 0 || none;
}
