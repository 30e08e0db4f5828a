import { effect, type Signal, signal, untracked } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Act, LoadedItem, TaskContext, Toggle } from "../core/task";
import type { Choice, LabelView, TaskView } from "../generated/schema";
import { Button } from "./button";

/** Items of a page, and how many are asked for at once, so that the first are there soon. */
const PAGE = 24;
const ASKED = 6;
/** Keys that mean the same over the grid as elsewhere. */
const PASSING = ["Enter", "Escape", "?", "/", "g", "m", "Tab"];

type Tile<Media> = LoadedItem<Choice, Media>;

interface GridOptions<Media> {
  readonly context: TaskContext<Choice, Choice, Media>;
  /** What choosing a class changes. */
  choose(value: Choice, label: string, view: TaskView): Choice | null;
  /** Shows an item's media in small. */
  draw(media: Media): Node;
  release(media: Media): void;
}

/** Many items at once: what is selected gets the class that is chosen. */
export interface Grid {
  readonly toggle: Toggle;
  /** Submits what is selected and has its classes. */
  finish(): boolean;
  cancel(): boolean;
}

export function mountGrid<Media>(stage: HTMLElement, { context, choose, draw, release }: GridOptions<Media>, life: AbortSignal): Grid {
  const open = signal(false);
  const first = signal(0);
  const tiles = signal<ReadonlyMap<number, Tile<Media>>>(new Map());
  const selected = signal<ReadonlySet<number>>(new Set());
  const cursor = signal(0);
  const { many } = context;
  const single = !context.view.settings["multiple"];
  const place = document.createElement("div");
  place.className = "grid-place";
  // What the hand does here is not meant for the item below.
  for (const kind of ["pointerdown", "pointermove", "pointerup", "wheel"]) {
    place.addEventListener(kind, (event) => event.stopPropagation(), { signal: life });
  }
  stage.append(place);

  const shell = () => stage.closest(".labeler");

  function put(changed: readonly Tile<Media>[]): void {
    tiles.value = new Map([...tiles.peek(), ...changed.map((tile) => [tile.view.index, tile] as const)]);
  }

  async function load(start: number): Promise<void> {
    first.value = start;
    cursor.value = start;
    selected.value = new Set();
    for (const { media } of tiles.peek().values()) if (media !== null) release(media);
    tiles.value = new Map();
    const indices = Array.from({ length: Math.min(PAGE, many.total() - start) }, (_, offset) => start + offset);
    for (let at = 0; at < indices.length && first.peek() === start && open.peek(); at += ASKED) {
      const found = await many.look(indices.slice(at, at + ASKED));
      if (first.peek() === start) put(found);
    }
  }

  function show(start: number): void {
    load(start).catch((error: Error) => {
      context.notice.value = { level: "error", message: `Some items could not be loaded: ${error.message}` };
    });
  }

  /** What a class is given to: the selection, or the item that the keyboard is at. */
  function meant(): Tile<Media>[] {
    const indices = selected.value.size > 0 ? [...selected.value] : [cursor.value];
    return indices.flatMap((index) => tiles.value.get(index) ?? []).filter(({ view }) => view.error === null);
  }

  function label(name: string): void {
    const all = meant();
    const chosen = (tile: Tile<Media>) => tile.value.labels.includes(name);
    // Where some have the class and some have not, all get it.
    const wanted = single || all.every(chosen) ? all : all.filter((tile) => !chosen(tile));
    act(wanted.map((tile) => ({ item: tile, change: choose(tile.value, name, context.view), submit: single })));
    context.announce(`${wanted.length} items: ${name}`);
  }

  function act(acts: readonly Act<Choice, Choice, Media>[]): void {
    if (acts.length === 0) return;
    put(many.act(acts));
    if (!acts.some(({ submit }) => submit)) return;
    selected.value = new Set();
    const rest = [...tiles.value.values()].find(({ view }) => view.state !== "submitted" && view.index > cursor.value);
    if (rest) cursor.value = rest.view.index;
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

  function move(by: number, extend: boolean): void {
    const last = Math.min(first.value + PAGE, many.total()) - 1;
    const index = Math.min(Math.max(cursor.value + by, first.value), last);
    if (extend) pick(index, { extend });
    else cursor.value = index;
  }

  function turn(by: 1 | -1): void {
    const start = first.value + by * PAGE;
    if (start >= 0 && start < many.total()) show(start);
  }

  function onKeyDown(event: KeyboardEvent, columns: number): void {
    const run = {
      ArrowRight: () => move(1, event.shiftKey),
      ArrowLeft: () => move(-1, event.shiftKey),
      ArrowDown: () => move(columns, event.shiftKey),
      ArrowUp: () => move(-columns, event.shiftKey),
      " ": () => pick(cursor.value, { toggle: true }),
      PageDown: () => turn(1),
      PageUp: () => turn(-1),
    }[event.key];
    const all = event.key === "a" && (event.ctrlKey || event.metaKey);
    // Keys of the one item that the grid covers must not reach it.
    if (run || all || !passes(event)) event.stopPropagation();
    if (!run && !all) return;
    event.preventDefault();
    if (run) run();
    else selected.value = new Set(tiles.value.keys());
  }

  function passes({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
    return ctrlKey || metaKey || PASSING.includes(key) || context.labels.some((label) => label.key?.toLowerCase() === key.toLowerCase());
  }

  function close(): void {
    open.value = false;
  }

  const stops = [
    effect(() => {
      // The class that is chosen goes to what is selected here, and the buttons of the one item are out of reach.
      shell()?.toggleAttribute("data-grid", open.value);
      context.taker.value = open.value ? label : null;
      if (open.value) untracked(() => show(Math.floor(many.current() / PAGE) * PAGE));
      else if (place.childElementCount > 0) stage.focus({ preventScroll: true });
    }),
    effect(() => {
      const receipt = many.heard.value;
      const tile = receipt && tiles.peek().get(receipt.index);
      if (!receipt || !tile || !open.peek()) return;
      const value = receipt.operation.change === null ? tile.value : (receipt.operation.change as Choice);
      put([{ ...tile, value, view: { ...tile.view, state: receipt.state, edited: receipt.edited, latest: receipt.operation.id } }]);
    }),
    () => render(null, place),
  ];
  life.addEventListener("abort", () => {
    for (const stop of stops) stop();
  });

  const grid: Grid = {
    toggle: { name: "grid", title: "Many items at once", on: open },
    finish() {
      if (!open.value) return false;
      if (!single)
        act(
          meant()
            .filter(({ value }) => value.labels.length > 0 || value.none)
            .map((item) => ({ item, change: null, submit: true })),
        );
      return true;
    },
    cancel() {
      if (!open.value) return false;
      if (selected.value.size > 0) selected.value = new Set();
      else close();
      return true;
    },
  };
  const submit = single ? null : () => void grid.finish();
  const view = { first, tiles, selected, cursor, total: many.total, labels: context.labels, draw, pick, turn, onKeyDown, close, submit };
  render(<GridView open={open} view={view} />, place);
  return grid;
}

interface GridState<Media> {
  readonly first: Signal<number>;
  readonly tiles: Signal<ReadonlyMap<number, Tile<Media>>>;
  readonly selected: Signal<ReadonlySet<number>>;
  readonly cursor: Signal<number>;
  readonly labels: readonly LabelView[];
  total(): number;
  draw(media: Media): Node;
  pick(index: number, how: { extend?: boolean; toggle?: boolean }): void;
  turn(by: 1 | -1): void;
  onKeyDown(event: KeyboardEvent, columns: number): void;
  close(): void;
  /** Null where choosing a class submits. */
  readonly submit: (() => void) | null;
}

function GridView<Media>({ open, view }: { open: Signal<boolean>; view: GridState<Media> }) {
  const list = useRef<HTMLDivElement>(null);
  const shown = open.value;
  useEffect(() => {
    if (shown) list.current?.focus({ preventScroll: true });
  }, [shown]);
  if (!shown) return null;
  const { first, selected } = view;
  const last = Math.min(first.value + PAGE, view.total());
  const indices = Array.from({ length: last - first.value }, (_, offset) => first.value + offset);
  const columns = () => (list.current ? getComputedStyle(list.current).gridTemplateColumns.split(" ").length : 1);
  return (
    <div class="grid" data-nblabel="grid">
      <div class="grid-head">
        <Button title="Page before" icon="previous" badge="PageUp" run={() => view.turn(-1)} disabled={first.value === 0} />
        <span>
          Items {first.value + 1}–{last} of {view.total()}
        </span>
        <Button title="Next page" icon="next" badge="PageDown" run={() => view.turn(1)} disabled={last >= view.total()} />
        <span class="grid-hint">
          {selected.value.size > 0
            ? `${selected.value.size} selected: choose their class`
            : "Click, Shift-click or Space to select, Ctrl+A for all; then choose a class"}
        </span>
        {view.submit && (
          <Button title="Submit what is selected" kind="primary" badge="↵" run={view.submit}>
            Submit
          </Button>
        )}
        <Button title="One item at a time" badge="G" run={view.close}>
          One at a time
        </Button>
      </div>
      <div
        ref={list}
        class="tiles"
        role="listbox"
        aria-multiselectable="true"
        aria-label="Items"
        tabIndex={0}
        onKeyDown={(event) => view.onKeyDown(event, columns())}
      >
        {indices.map((index) => (
          <TileView key={index} index={index} view={view} />
        ))}
      </div>
    </div>
  );
}

function TileView<Media>({ index, view }: { index: number; view: GridState<Media> }) {
  const picture = useRef<HTMLDivElement>(null);
  const self = useRef<HTMLDivElement>(null);
  const tile = view.tiles.value.get(index);
  const media = tile?.media ?? null;
  const current = view.cursor.value === index;
  useEffect(() => {
    picture.current?.replaceChildren(...(media === null ? [] : [view.draw(media)]));
  }, [media]);
  useEffect(() => {
    if (current) self.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const names = tile ? (tile.value.none ? ["none"] : tile.value.labels) : [];
  const colors = new Map(view.labels.map(({ name, color }) => [name, color]));
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and hears the keys
    <div
      ref={self}
      class="tile"
      role="option"
      tabIndex={-1}
      aria-selected={view.selected.value.has(index)}
      data-current={current}
      data-state={tile?.view.state ?? "loading"}
      data-nblabel-item={index}
      title={tile?.view.name}
      onClick={(event) => {
        view.pick(index, { extend: event.shiftKey, toggle: event.ctrlKey || event.metaKey || view.selected.value.size > 0 });
        self.current?.parentElement?.focus({ preventScroll: true });
      }}
    >
      <div ref={picture} class="picture" dir="auto">
        {tile?.view.error}
      </div>
      <div class="chips">
        {names.map((name) => (
          <i key={name} class="class-chip" style={{ "--color": colors.get(name) ?? "#9e9e9e" }}>
            {name}
          </i>
        ))}
        <span class="tile-number">{index + 1}</span>
      </div>
    </div>
  );
}
