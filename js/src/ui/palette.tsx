import { type Signal, useSignal } from "@preact/signals";
import { Component } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { badge } from "../core/keys";
import { MANY, search } from "../core/search";
import type { LabelView } from "../generated/schema";
import { labelAction } from "./commands";
import { Mark } from "./mark";
import { rove } from "./rove";
import type { Shell } from "./shell";

/** The classes: how many of each there are, their keys, and which are hidden or locked. */
export function Palette<Value, Change, Media>(shell: Shell<Value, Change, Media>) {
  const { labeler, keyFor, focusStage } = shell;
  const query = useSignal("");
  const list = useRef<HTMLDivElement>(null);
  const item = labeler.item.value;
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    if (labeler.task.legend) return found;
    for (const { label } of item ? labeler.task.entries(item.value) : []) found.set(label, (found.get(label) ?? 0) + 1);
    return found;
  }, [item?.value]);
  const places = new Map(labeler.labels.map((label, place) => [label, place]));
  const found = search(query.value, labeler.labels, ({ name, short_name, description }) => [name, short_name, description]);
  const current = found.find(({ name }) => labeler.pressed.value.has(name));
  const { visibility } = labeler;

  function choose(label: LabelView | undefined): void {
    if (label) labeler.chooseLabel(places.get(label) ?? 0);
  }

  return (
    <section class={`palette ${labeler.task.choosing && !labeler.task.legend ? "alone" : ""}`} aria-label="Labels">
      <h3>
        Labels
        {labeler.labels.length > MANY && <span class="count">{found.length < places.size ? `${found.length} of ${places.size}` : places.size}</span>}
      </h3>
      {labeler.labels.length > MANY && (
        <Search
          query={query}
          badge={keyFor("search")}
          accept={() => {
            // Without a word of what is sought the first is no answer.
            if (query.value.trim() !== "") choose(found[0]);
            focusStage();
          }}
          leave={focusStage}
          below={() => list.current?.querySelector<HTMLElement>(".label")?.focus()}
        />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows move between the buttons in it, which are what is used */}
      <div class="scroll" ref={list} onKeyDown={rove(".label")}>
        {found.map((label, row) => (
          <Row
            key={label.name}
            label={label}
            active={labeler.pressed.value.has(label.name)}
            reachable={label === current || (current === undefined && row === 0)}
            count={counts.get(label.name) ?? 0}
            badge={row === 0 && query.value !== "" ? badge("Enter") : keyFor(labelAction(label.name))}
            hidden={visibility.hidesLabel(label.name)}
            locked={visibility.locksLabel(label.name)}
            shell={shell as unknown as PaletteShell}
          />
        ))}
        {found.length === 0 && <p class="faint">No label has “{query.value}” in its name.</p>}
      </div>
    </section>
  );
}

interface SearchProps {
  query: Signal<string>;
  badge: string | undefined;
  accept(): void;
  leave(): void;
  below(): void;
}

function Search({ query, badge, accept, leave, below }: SearchProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const act = { Enter: accept, Escape: leave, ArrowDown: below }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
    if (event.key !== "ArrowDown") query.value = "";
  };
  return (
    <div class="search">
      <input
        type="search"
        data-nblabel="search"
        placeholder="Search"
        aria-label="Search the labels: Enter takes the first"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
        onKeyDown={onKeyDown}
      />
      {badge && query.value === "" && <kbd>{badge}</kbd>}
    </div>
  );
}

/** What a row needs of the shell, without the task's types. */
type PaletteShell = Pick<Shell<unknown, unknown, unknown>, "labeler" | "focusStage">;

interface RowProps {
  label: LabelView;
  active: boolean;
  reachable: boolean;
  count: number;
  badge: string | undefined;
  hidden: boolean;
  locked: boolean;
  shell: PaletteShell;
}

/** Built anew only when something in it changes: there may be a thousand of them. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((name) => name !== "shell" && next[name] !== this.props[name]);
  }

  override render({ label, active, reachable, count, badge, hidden, locked, shell: { labeler, focusStage } }: RowProps) {
    const { name, color, description } = label;
    const { visibility, labels, task } = labeler;
    return (
      <div class="row" data-hidden={hidden} style={{ "--color": color }}>
        <button
          type="button"
          class="label"
          data-nblabel-label={name}
          aria-pressed={active}
          tabIndex={reachable ? 0 : -1}
          title={description ? `${name}: ${description}` : name}
          onClick={({ detail }) => {
            labeler.chooseLabel(labels.indexOf(label));
            if (detail > 0) focusStage();
          }}
        >
          <i class="swatch" />
          <span class="text" dir="auto">
            {name}
          </span>
          <span class="count">{count || ""}</span>
          {badge ? <kbd>{badge}</kbd> : <span class="no-key" />}
        </button>
        {!task.choosing && (
          <>
            <Mark name="hide" on={hidden} what={name} reachable={reachable} run={() => visibility.toggleHiddenLabel(name)} />
            <Mark name="lock" on={locked} what={name} reachable={reachable} run={() => visibility.toggleLockedLabel(name)} />
          </>
        )}
      </div>
    );
  }
}
