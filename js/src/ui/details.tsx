import { useSignal } from "@preact/signals";
import type { Field } from "../core/task";
import type { Shell } from "./shell";

/** What can be written down of the selected part, and of the whole item. */
export function Details<Value, Change, Media>(shell: Shell<Value, Change, Media>) {
  const { labeler } = shell;
  const item = labeler.item.value;
  const { fields, entries, legend } = labeler.task;
  if (!item || !fields) return null;
  const chosen = legend ? [] : entries(item.value).filter(({ id }) => labeler.selection.value.includes(id));
  const [part, ...others] = chosen;
  const ofPart = part && others.length === 0 ? fields.of(item, part.id, labeler.view.settings) : [];
  const ofItem = fields.of(item, null, labeler.view.settings);
  if (ofPart.length + ofItem.length === 0) return null;
  return (
    <form class="details" data-nblabel="details" onSubmit={(event) => event.preventDefault()}>
      {part && <Section shell={shell} title={`This ${part.label}`} id={part.id} fields={ofPart} locked={labeler.visibility.locks(part)} />}
      <Section shell={shell} title="This item" id={null} fields={ofItem} locked={false} />
    </form>
  );
}

interface SectionProps<Value, Change, Media> {
  shell: Shell<Value, Change, Media>;
  title: string;
  /** The part that it is about; null for the item. */
  id: string | null;
  fields: readonly Field[];
  locked: boolean;
}

function Section<Value, Change, Media>({ shell: { labeler, focusStage }, title, id, fields, locked }: SectionProps<Value, Change, Media>) {
  const item = labeler.item.value;
  if (!item || fields.length === 0) return null;
  return (
    <fieldset aria-label={title}>
      {id === null && <h3>{title}</h3>}
      <div class="fields">
        {fields.map((field) => (
          <Entry
            key={`${item.view.id} ${id ?? ""} ${field.name}`}
            field={field}
            id={`field-${id === null ? "item-" : ""}${field.name}`}
            locked={locked || field.locked === true}
            leave={focusStage}
            inform={labeler.inform}
            set={(to) => {
              const now = labeler.item.value;
              const change = now?.view.id === item.view.id && labeler.task.fields?.set(now, id, field.name, to, labeler.view.settings);
              if (change) labeler.commit(change);
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface EntryProps {
  field: Field;
  id: string;
  locked: boolean;
  set(to: Field["value"]): void;
  leave(): void;
  inform(message: string): void;
}

function Entry({ field, id, locked, set, leave, inform }: EntryProps) {
  const { name, title, description, kind, value, required } = field;
  const missing = required && value === null;
  return (
    <label class={`field ${field.paired ? "paired" : ""}`} htmlFor={id} data-missing={missing} title={description ?? title}>
      <span>
        {title}
        {required && <b aria-hidden="true"> *</b>}
      </span>
      {kind === "choice" ? (
        <select
          id={id}
          data-nblabel-field={name}
          disabled={locked}
          aria-required={required}
          value={value ?? ""}
          onChange={(event) => set(event.currentTarget.value || null)}
          onKeyDown={(event) => keepKeys(event, leave)}
        >
          {(value === null || !required) && <option value="">–</option>}
          {[...(value !== null && !field.choices.includes(String(value)) ? [String(value)] : []), ...field.choices].map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <Written field={field} id={id} locked={locked} set={set} leave={leave} inform={inform} />
      )}
    </label>
  );
}

/** A text or a number: it counts when it is finished, with Enter or by going elsewhere. */
function Written({ field, id, locked, set, leave, inform }: EntryProps) {
  const { name, title, kind, value, minimum, maximum, required } = field;
  const draft = useSignal<string | null>(null);
  const shown = draft.value ?? (value === null ? "" : String(value));

  function finish(): void {
    const text = draft.value?.trim();
    draft.value = null;
    if (text === undefined) return;
    const number = Number(text.replace(",", "."));
    if (kind === "string" || text === "") set(text || null);
    else if (Number.isFinite(number) && number >= (minimum ?? number) && number <= (maximum ?? number)) set(number);
    else inform(`${title}: expected a number${rangeOf(field)}. It stays as it was.`);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (kind === "number" && step !== undefined && !event.altKey) {
      event.preventDefault();
      const wanted = Number(shown) + step * (event.shiftKey ? 10 : 1);
      draft.value = null;
      if (Number.isFinite(wanted)) set(Math.min(Math.max(wanted, minimum ?? wanted), maximum ?? wanted));
    }
    keepKeys(event, () => {
      if (event.key === "Escape") draft.value = null;
      finish();
      leave();
    });
  }

  return (
    <input
      type="text"
      inputMode={kind === "number" ? "decimal" : "text"}
      id={id}
      data-nblabel-field={name}
      readOnly={locked}
      aria-required={required}
      value={shown}
      onInput={(event) => {
        draft.value = event.currentTarget.value;
      }}
      onBlur={finish}
      onKeyDown={onKeyDown}
    />
  );
}

function rangeOf({ minimum, maximum }: Field): string {
  return [minimum === null ? "" : ` of at least ${minimum}`, maximum === null ? "" : ` of at most ${maximum}`].filter(Boolean).join(" and");
}

/** Enter and Escape lead back to the stage; all other keys are for writing. */
function keepKeys(event: KeyboardEvent, leave: () => void): void {
  if (event.isComposing) return;
  if (event.key !== "Tab") event.stopPropagation();
  if (event.key !== "Enter" && event.key !== "Escape") return;
  event.preventDefault();
  leave();
}
