import { useEffect, useMemo, useRef } from "preact/hooks";
import { Details } from "./details";
import { LongList } from "./long-list";
import { Mark } from "./mark";
import type { Shell } from "./shell";

const UNKNOWN_COLOR = "#9e9e9e";
/** Height of a row in the style sheet. */
const ROW_PX = 30;

/** A list that mirrors what is on the stage, for eyes, for keys and for screen readers. */
export function Entries<Value, Change, Media>(shell: Shell<Value, Change, Media>) {
  const { labeler, actions, focusStage } = shell;
  const item = labeler.item.value;
  const entries = useMemo(() => (item ? labeler.task.entries(item.value, item.media) : []), [item?.value, item?.media]);
  const { legend } = labeler.task;
  const colors = new Map((legend ?? labeler.labels).map(({ name, color }) => [name, color]));
  const { visibility, selection } = labeler;
  const lacking = new Set(item ? labeler.task.fields?.lacking(item.value, labeler.view.settings) : []);
  const current = entries.find(({ id }) => selection.value.includes(id)) ?? entries[0];
  function originOf(id: string): { badge: string; title: string } {
    const origin = labeler.suggestions.origin(id);
    if (!origin) return { badge: "", title: "" };
    const { changed, suggestion } = origin;
    const score = suggestion.score === null ? "" : ` (score ${suggestion.score.toFixed(2)})`;
    return { badge: changed ? "✦~" : "✦", title: `${changed ? "changed from a suggestion" : "suggested"}${score}` };
  }
  return (
    <section class="entries" aria-label="Annotations">
      <h3>
        On this item <span class="count">{entries.length}</span>
        {visibility.hidesAny.value && (
          <button type="button" class="link" onClick={visibility.showAll}>
            Show all
          </button>
        )}
      </h3>
      {entries.length === 0 ? (
        <p class="faint">{legend ? "Nothing was labeled here." : "Nothing yet. An item without objects can be submitted as it is."}</p>
      ) : (
        <LongList
          items={entries}
          rowPx={ROW_PX}
          current={entries.findIndex(({ id }) => selection.value.includes(id))}
          roving=".pick"
          row={(entry) => (
            <Row
              key={entry.id}
              color={colors.get(entry.label) ?? UNKNOWN_COLOR}
              text={entry.text ?? (colors.has(entry.label) ? entry.label : `${entry.label} (unknown)`)}
              detail={entry.detail}
              title={[entry.title, originOf(entry.id).title].filter(Boolean).join(", ")}
              origin={originOf(entry.id).badge}
              selected={selection.value.includes(entry.id)}
              current={entry === current}
              lacking={lacking.has(entry.id)}
              hidden={visibility.hides(entry)}
              locked={visibility.locks(entry)}
              fixed={legend !== undefined}
              hide={() => visibility.toggleHidden([entry.id])}
              lock={() => visibility.toggleLocked([entry.id])}
              select={(byHand) => {
                labeler.select([entry.id]);
                if (byHand) focusStage();
              }}
              remove={() => {
                labeler.select([entry.id]);
                actions.remove();
              }}
            />
          )}
        />
      )}
      {labeler.task.fields && <Details {...shell} />}
    </section>
  );
}

interface RowProps {
  color: string;
  text: string;
  detail: string;
  title: string;
  /** Where it came from, in a sign. */
  origin: string;
  selected: boolean;
  current: boolean;
  hidden: boolean;
  locked: boolean;
  /** Something that must be written down of it is not yet. */
  lacking: boolean;
  /** It is only looked at. */
  fixed: boolean;
  hide(): void;
  lock(): void;
  select(byHand: boolean): void;
  remove(): void;
}

function Row(props: RowProps) {
  const { color, text, detail, title, origin, selected, current, hidden, locked, lacking, fixed, hide, lock, select, remove } = props;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <li ref={row} class="entry row" data-selected={selected} data-hidden={hidden} style={{ "--color": color }}>
      <button
        type="button"
        class="pick"
        aria-pressed={selected}
        aria-label={[title, hidden && "hidden", locked && "locked", lacking && "incomplete"].filter(Boolean).join(", ")}
        title={title}
        tabIndex={current ? 0 : -1}
        onClick={(event) => select(event.detail > 0)}
      >
        <i class="swatch" />
        <span class="text" dir="auto">
          {text}
        </span>
        {origin && <span class="origin">{origin}</span>}
        {lacking && (
          <span class="lacking" title="Something required is missing">
            !
          </span>
        )}
        <span class="detail">{detail}</span>
      </button>
      <Mark name="hide" on={hidden} what={`this ${text}`} reachable={current} run={hide} />
      {!fixed && (
        <>
          <Mark name="lock" on={locked} what={`this ${text}`} reachable={current} run={lock} />
          <Mark name="remove" what={`this ${text}`} reachable={current} run={remove} />
        </>
      )}
    </li>
  );
}
