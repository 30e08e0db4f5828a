import { computed } from "@preact/signals";
import type { Attribute } from "../generated/schema";
import { type Attributes, attributeFields, missingAttribute, withAttribute } from "./attributes";
import type { SuggestionRules } from "./suggestions";
import type { Choosing, Copies, Fields, LoadedItem, Many, TaskContext, TaskModule } from "./task";

/** A value, and what is written down of the item. */
interface Described<Value> {
  readonly work: Value;
  readonly attributes: Attributes;
}

/** Attributes take the place of those before; null is no change. */
interface DescribedChange<Change> {
  readonly work: Change | null;
  readonly attributes: Attributes | null;
}

/** A task whose items have attributes beside what is labeled in them. */
export function described<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  attributes: readonly Attribute[],
): TaskModule<Described<Value>, DescribedChange<Change>, Media> {
  const { legend, bytes, copies, choosing, empty, suggestions } = task;
  return {
    type: task.type,
    tools: task.tools,
    ...(legend && { legend }),
    // What the session sends has passed the same schema in Python; what is from before the job had attributes is the work alone.
    parse: (value) =>
      isDescribed(value) ? { work: task.parse(value.work), attributes: value.attributes as Attributes } : { work: task.parse(value), attributes: {} },
    parseChange(change) {
      if (!isDescribed(change)) return { work: task.parseChange(change), attributes: null };
      return { work: change.work === null ? null : task.parseChange(change.work), attributes: change.attributes as Attributes | null };
    },
    write: ({ work, attributes: values }) => ({ work: task.write ? task.write(work) : work, attributes: values }),
    ...(empty && { empty: (size: Parameters<typeof empty>[0]) => ({ work: empty(size), attributes: {} }) }),
    load: (data, view) => task.load(data, view),
    release: (media) => task.release(media),
    weight: (media) => task.weight(media),
    ...(bytes && { bytes: ({ work }: DescribedChange<Change>) => (work === null ? 0 : bytes(work)) }),
    apply(value, change) {
      const { value: work, inverse } = change.work === null ? { value: value.work, inverse: null } : task.apply(value.work, change.work);
      const back = { work: inverse, attributes: change.attributes === null ? null : value.attributes };
      return { value: { work, attributes: change.attributes ?? value.attributes }, inverse: back };
    },
    entries: ({ work }, media) => task.entries(work, media),
    relabel: ({ work }, ids, label) => ofWork(task.relabel(work, ids, label)),
    remove: ({ work }, ids) => ofWork(task.remove(work, ids)),
    lacking({ work, attributes: values }, view) {
      const missing = missingAttribute(attributes, values);
      return task.lacking?.(work, view) ?? (missing ? `This item needs “${missing.name}”.` : null);
    },
    fields: fieldsOf(task, attributes),
    ...(copies && { copies: copiesOf(copies) }),
    ...(choosing && { choosing: choosingOf(choosing, attributes) }),
    ...(suggestions && { suggestions: suggestionsOf(suggestions) }),
    mount: (stage, context, life) => task.mount(stage, contextOf(context, attributes), life),
  };
}

function isDescribed(given: unknown): given is DescribedChange<unknown> {
  return typeof given === "object" && given !== null && "work" in given && "attributes" in given;
}

function ofWork<Change>(work: Change | null): DescribedChange<Change> | null {
  return work === null ? null : { work, attributes: null };
}

function inner<Value, Media>(item: LoadedItem<Described<Value>, Media>): LoadedItem<Value, Media> {
  return { ...item, value: item.value.work };
}

function fieldsOf<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  attributes: readonly Attribute[],
): Fields<Described<Value>, DescribedChange<Change>> {
  return {
    of(item, id, settings) {
      const own = task.fields?.of(inner(item), id, settings) ?? [];
      return id === null ? [...attributeFields(attributes, item.value.attributes), ...own] : own;
    },
    lacking: ({ work }, settings) => task.fields?.lacking(work, settings) ?? [],
    set(item, id, name, to, settings) {
      const changed = id === null ? withAttribute(item.value.attributes, name, to) : null;
      if (changed) return { work: null, attributes: changed };
      return ofWork(task.fields?.set(inner(item), id, name, to, settings) ?? null);
    },
  };
}

/** What is copied from a whole item brings its attributes to one that has none. */
function copiesOf<Value, Change>(copies: Copies<Value, Change>): Copies<Described<Value>, DescribedChange<Change>> {
  return {
    take: ({ work }, ids) => ({ work: copies.take(work, ids), attributes: {} }),
    put(item, { work, attributes }, aside) {
      const made = copies.put(inner(item), work, aside);
      const brings = Object.keys(attributes).length > 0 && Object.keys(item.value.attributes).length === 0;
      return made && { ids: made.ids, change: { work: made.change, attributes: brings ? attributes : null } };
    },
  };
}

/** Where an attribute is required, a class alone does not finish an item. */
function choosingOf<Value, Change>(
  choosing: Choosing<Value, Change>,
  attributes: readonly Attribute[],
): Choosing<Described<Value>, DescribedChange<Change>> {
  return {
    chosen: ({ work }, view) => choosing.chosen(work, view),
    choose: ({ work }, label, view) => ofWork(choosing.choose(work, label, view)),
    movesOn: (view) => choosing.movesOn(view) && !attributes.some(({ required }) => required),
  };
}

function suggestionsOf<Value, Change>(rules: SuggestionRules<Value, Change>): SuggestionRules<Described<Value>, DescribedChange<Change>> {
  const { entries } = rules;
  return {
    include: ({ work, attributes }, parts) => ({ work: rules.include(work, parts), attributes }),
    ...(entries && { entries }),
    accept: ({ work }, parts, view) => ({ work: rules.accept(work, parts, view), attributes: null }),
    adopt({ work, attributes }, suggested) {
      if (work === null) return { change: { work, attributes }, answers: [] };
      const { change, answers } = rules.adopt(work, suggested);
      return { change: change === null && attributes === null ? null : { work: change, attributes }, answers };
    },
    part: ({ work }, id) => rules.part(work, id),
  };
}

/** The context of the editor, which knows of the work alone. */
function contextOf<Value, Change, Media>(
  context: TaskContext<Described<Value>, DescribedChange<Change>, Media>,
  attributes: readonly Attribute[],
): TaskContext<Value, Change, Media> {
  const item = computed(() => context.item.value && inner(context.item.value));
  return { ...context, item, many: manyOf(context.many, attributes), commit: (work) => context.commit({ work, attributes: null }) };
}

/** What lacks a required attribute is changed, but not submitted. */
function manyOf<Value, Change, Media>(
  many: Many<Described<Value>, DescribedChange<Change>, Media>,
  attributes: readonly Attribute[],
): Many<Value, Change, Media> {
  const known = new Map<number, Attributes>();
  const keep = (items: readonly LoadedItem<Described<Value>, Media>[]) => {
    for (const { view, value } of items) known.set(view.id, value.attributes);
    return items.map(inner);
  };
  return {
    ...many,
    look: async (indices) => keep(await many.look(indices)),
    act: (acts) =>
      keep(
        many.act(
          acts.map(({ item, change, submit }) => {
            const values = known.get(item.view.id) ?? {};
            const whole = { ...item, value: { work: item.value, attributes: values } };
            return { item: whole, change: ofWork(change), submit: submit && missingAttribute(attributes, values) === undefined };
          }),
        ),
      ),
    heard: computed(() => {
      const receipt = many.heard.value;
      const change = receipt?.operation.change;
      if (!receipt || !isDescribed(change)) return receipt;
      const index = receipt.operation.item;
      if (change.attributes !== null) known.set(index, change.attributes);
      return { ...receipt, operation: { ...receipt.operation, change: change.work } };
    }),
  };
}
