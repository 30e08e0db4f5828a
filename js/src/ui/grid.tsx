import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Toggle } from "../core/task";
import { createTiles, type Tile, type Tiles, type TilesOptions } from "../core/tiles";
import { Button } from "./button";

const UNKNOWN_COLOR = "#9e9e9e";
/** Keys that mean the same over the grid as elsewhere. */
const PASSING = ["Escape", "?", "/", "g", "m", "Tab"];

interface GridOptions<Media> extends TilesOptions<Media> {
  /** Shows an item's media in small. */
  draw(media: Media): Node;
}

/** Many items at once: what is selected gets the class that is chosen. */
export interface Grid {
  readonly toggle: Toggle;
  /** Accepts what is suggested for the selection, or submits it; false while the grid is closed. */
  finish(): boolean;
  cancel(): boolean;
}

export function mountGrid<Media>(stage: HTMLElement, { draw, ...options }: GridOptions<Media>, life: AbortSignal): Grid {
  const { context } = options;
  const grid = createTiles(options);
  const { shown } = grid;
  let was = false;
  const place = document.createElement("div");
  place.className = "grid-place";
  // What the hand does here is not meant for the item below.
  for (const kind of ["pointerdown", "pointermove", "pointerup", "wheel"]) {
    place.addEventListener(kind, (event) => event.stopPropagation(), { signal: life });
  }
  stage.append(place);

  const shell = () => stage.closest<HTMLElement>(".labeler");
  const focusList = () => place.querySelector<HTMLElement>(".tiles")?.focus({ preventScroll: true });

  function close(): void {
    shown.value = false;
  }

  /** Keys of the one item that the grid covers must not reach it, wherever the hand clicked. */
  function keepKeys({ target }: FocusEvent): void {
    if (shown.peek() && (target === stage || target === shell())) focusList();
  }

  const stops = [
    effect(() => {
      // The class that is chosen goes to what is selected here, and the buttons of the one item are out of reach.
      shell()?.toggleAttribute("data-grid", shown.value);
      shell()?.addEventListener("focusin", keepKeys, { signal: life });
      context.taker.value = shown.value ? grid.label : null;
      if (shown.value) untracked(grid.enter);
      else if (was) {
        untracked(grid.leave);
        stage.focus({ preventScroll: true });
      }
      was = shown.value;
    }),
    grid.listen(),
    () => render(null, place),
  ];
  life.addEventListener("abort", () => {
    for (const stop of stops) stop();
  });
  render(<GridView grid={grid} draw={draw} close={close} />, place);

  return {
    toggle: { name: "grid", title: "Many items at once", on: shown },
    finish() {
      if (shown.value) grid.finish();
      return shown.value;
    },
    cancel() {
      if (!shown.value) return false;
      if (grid.selected.value.size > 0) grid.selected.value = new Set();
      else close();
      return true;
    },
  };
}

interface GridProps<Media> {
  readonly grid: Tiles<Media>;
  draw(media: Media): Node;
  close(): void;
}

function GridView<Media>({ grid, draw, close }: GridProps<Media>) {
  const list = useRef<HTMLDivElement>(null);
  const shown = grid.shown.value;
  // Before the next key arrives.
  useLayoutEffect(() => {
    if (shown) list.current?.focus({ preventScroll: true });
  }, [shown]);
  if (!shown) return null;
  const first = grid.first.value;
  const columns = () => (list.current ? getComputedStyle(list.current).gridTemplateColumns.split(" ").length : 1);
  return (
    <div class="grid" data-nblabel="grid">
      <Head grid={grid} close={close} />
      <div
        ref={list}
        class="tiles"
        role="listbox"
        aria-multiselectable="true"
        aria-label="Items"
        tabIndex={0}
        onKeyDown={(event) => onKeyDown(event, grid, columns())}
      >
        {Array.from({ length: grid.last() - first }, (_, offset) => (
          <TileView
            key={first + offset}
            index={first + offset}
            grid={grid}
            draw={draw}
            open={() => {
              grid.pick(first + offset);
              close();
            }}
          />
        ))}
      </div>
    </div>
  );
}

function Head<Media>({ grid, close }: Omit<GridProps<Media>, "draw">) {
  const meant = grid.meant();
  const offered = meant.some((tile) => tile.value.labels.length === 0 && !tile.value.none && grid.suggested(tile).length > 0);
  return (
    <div class="grid-head">
      <Button title="Page before" icon="previous" badge="PageUp" run={() => grid.turn(-1)} disabled={grid.first.value === 0} />
      <span>
        Items {grid.first.value + 1}–{grid.last()} of {grid.total()}
      </span>
      <Button title="Next page" icon="next" badge="PageDown" run={() => grid.turn(1)} disabled={grid.last() >= grid.total()} />
      <span class="grid-hint">{hint(grid)}</span>
      {(offered || !grid.single) && (
        <Button
          title={offered ? "Accept what is suggested" : "Submit what is selected"}
          action="grid-finish"
          kind="primary"
          badge="↵"
          run={grid.finish}
        >
          {offered ? "Accept suggestions" : "Submit"}
        </Button>
      )}
      <Button title="One item at a time" badge="G" run={close}>
        One at a time
      </Button>
    </div>
  );
}

function hint<Media>(grid: Tiles<Media>): string {
  const selected = grid.selected.value.size;
  if (selected === 0 && grid.done()) return grid.last() < grid.total() ? "This page is done; PageDown leads on." : "This page is done.";
  if (selected === 0) return "Click, Shift-click or Space selects, Ctrl+A all; then choose a class. Double-click opens one.";
  return selected === 1 ? "1 selected: choose its class" : `${selected} selected: choose their class`;
}

function onKeyDown<Media>(event: KeyboardEvent, grid: Tiles<Media>, columns: number): void {
  const { key, shiftKey } = event;
  const run = {
    ArrowRight: () => grid.move(1, shiftKey),
    ArrowLeft: () => grid.move(-1, shiftKey),
    ArrowDown: () => grid.move(columns, shiftKey),
    ArrowUp: () => grid.move(-columns, shiftKey),
    " ": () => grid.pick(grid.cursor.value, { toggle: true }),
    PageDown: () => grid.turn(1),
    PageUp: () => grid.turn(-1),
    Enter: grid.finish,
  }[key];
  const all = key === "a" && (event.ctrlKey || event.metaKey);
  // Keys of the one item that the grid covers must not reach it.
  if (run || all || !passes(event, grid)) event.stopPropagation();
  if (!run && !all) return;
  event.preventDefault();
  if (run) run();
  else grid.pickAll();
}

function passes<Media>({ key, ctrlKey, metaKey }: KeyboardEvent, { labels }: Tiles<Media>): boolean {
  return ctrlKey || metaKey || PASSING.includes(key) || labels.some((label) => label.key?.toLowerCase() === key.toLowerCase());
}

interface TileProps<Media> extends Omit<GridProps<Media>, "close"> {
  readonly index: number;
  open(): void;
}

function TileView<Media>({ index, grid, draw, open }: TileProps<Media>) {
  const picture = useRef<HTMLDivElement>(null);
  const self = useRef<HTMLDivElement>(null);
  const tile = grid.tiles.value.get(index);
  const media = tile?.media ?? null;
  const current = grid.cursor.value === index;
  useEffect(() => {
    picture.current?.replaceChildren(...(media === null ? [] : [draw(media)]));
  }, [media]);
  useEffect(() => {
    if (current) self.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and hears the keys
    <div
      ref={self}
      class="tile"
      role="option"
      tabIndex={-1}
      aria-selected={grid.selected.value.has(index)}
      data-current={current}
      data-state={tile?.view.state ?? "loading"}
      data-nblabel-item={index}
      title={tile?.view.name}
      onClick={(event) => {
        grid.pick(index, { extend: event.shiftKey, toggle: event.ctrlKey || event.metaKey || grid.selected.value.size > 0 });
        self.current?.parentElement?.focus({ preventScroll: true });
      }}
      onDblClick={open}
    >
      {tile?.view.error ? <div class="picture error">{tile.view.error}</div> : <div ref={picture} class="picture" dir="auto" />}
      <div class="chips">
        {tile && <Chips tile={tile} grid={grid} />}
        <span class="tile-number">{index + 1}</span>
      </div>
    </div>
  );
}

/** The classes of an item, or else what is suggested. */
function Chips<Media>({ tile, grid }: { tile: Tile<Media>; grid: Tiles<Media> }) {
  const colors = new Map(grid.labels.map(({ name, color }) => [name, color]));
  const names = tile.value.none ? ["none"] : tile.value.labels;
  const suggested = names.length > 0 ? [] : grid.suggested(tile).slice(0, grid.single ? 1 : undefined);
  const chip = (name: string, score: number | null, waits: boolean) => (
    <i
      key={name}
      class="class-chip"
      data-suggested={waits}
      style={{ "--color": colors.get(name) ?? UNKNOWN_COLOR }}
      title={waits ? `Suggested: ${name}${score === null ? "" : `, score ${score.toFixed(2)}`}` : name}
    >
      {name}
      {score !== null && <b> {score.toFixed(2)}</b>}
    </i>
  );
  return (
    <div class="class-chips">
      {names.map((name) => chip(name, null, false))}
      {suggested.map(({ part, score }) => chip((part as { readonly label: string }).label, score, true))}
    </div>
  );
}
