import { useEffect, useRef } from "preact/hooks";
import type { LabelView } from "../generated/schema";
import { Icon } from "./icons";
import type { Shell } from "./shell";

/** The classes, and a list that mirrors what is on the stage. */
export function Panel<Value, Change, Media>(shell: Shell<Value, Change, Media>) {
  return (
    <aside>
      <Palette {...shell} />
      {!shell.labeler.task.choosing && <Entries {...shell} />}
    </aside>
  );
}

function Palette<Value, Change, Media>({ labeler, keyFor }: Shell<Value, Change, Media>) {
  const counts = new Map<string, number>();
  for (const { label } of entriesOf(labeler)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return (
    <section class={`palette ${labeler.task.choosing ? "alone" : ""}`} aria-label="Labels">
      <h3>Labels</h3>
      <div class="scroll">
        {labeler.labels.map((label, place) => (
          <button
            key={label.name}
            type="button"
            class="label"
            data-nblabel-label={label.name}
            aria-pressed={labeler.pressed.value.has(label.name)}
            title={label.description ?? label.name}
            style={{ "--color": label.color }}
            onClick={() => labeler.chooseLabel(place)}
          >
            <i class="swatch" />
            <span class="text">{label.name}</span>
            <span class="count">{counts.get(label.name) ?? ""}</span>
            <Badge text={keyFor(`label ${label.name}`)} />
          </button>
        ))}
      </div>
    </section>
  );
}

function Badge({ text }: { text: string | undefined }) {
  return text ? <kbd>{text}</kbd> : <span class="no-key" />;
}

function Entries<Value, Change, Media>({ labeler, actions }: Shell<Value, Change, Media>) {
  const entries = entriesOf(labeler);
  const colors = new Map(labeler.labels.map(({ name, color }: LabelView) => [name, color]));
  return (
    <section class="entries" aria-label="Annotations">
      <h3>
        On this item <span class="count">{entries.length}</span>
      </h3>
      {entries.length === 0 ? (
        <p class="faint">Nothing yet. An item without objects can be submitted as it is.</p>
      ) : (
        <ul class="scroll">
          {entries.map(({ id, label, detail, title }) => (
            <Row
              key={id}
              selected={labeler.selection.value.includes(id)}
              color={colors.get(label) ?? "#9e9e9e"}
              text={colors.has(label) ? label : `${label} (unknown)`}
              detail={detail}
              title={title}
              select={() => labeler.select([id])}
              remove={() => {
                labeler.select([id]);
                actions.remove();
              }}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface RowProps {
  selected: boolean;
  color: string;
  text: string;
  detail: string;
  title: string;
  select(): void;
  remove(): void;
}

function Row({ selected, color, text, detail, title, select, remove }: RowProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <li ref={row} class="entry" data-selected={selected} style={{ "--color": color }}>
      <button type="button" class="pick" aria-pressed={selected} aria-label={title} title={title} onClick={select}>
        <i class="swatch" />
        <span class="text">{text}</span>
        <span class="detail">{detail}</span>
      </button>
      <button type="button" class="button square small" title={`Delete this ${text}`} aria-label={`Delete this ${text}`} onClick={remove}>
        <Icon name="close" />
      </button>
    </li>
  );
}

function entriesOf<Value, Change, Media>(labeler: Shell<Value, Change, Media>["labeler"]) {
  const item = labeler.item.value;
  return item ? labeler.task.entries(item.value) : [];
}
