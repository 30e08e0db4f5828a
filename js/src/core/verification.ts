import { computed, signal } from "@preact/signals";
import type { TaskView, Verdict, Verified } from "../generated/schema";
import type { Editor, Entry, Field, TaskContext, TaskModule } from "./task";

/** A label that is there already, and how it is judged. */
interface Judged<Value> {
  readonly verdict: Verdict;
  /** Null where there is no label. */
  readonly shown: Value | null;
}

/** A task type whose labels are judged: it shows them, and asks for a verdict. */
export function verification<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  view: TaskView,
): TaskModule<Judged<Value>, Verdict, Media> {
  return {
    type: task.type,
    tools: [],
    legend: view.labels,
    // What the session sends has passed the same schema in Python.
    parse(value) {
      const { verdict, shown } = value as Verified;
      return { verdict, shown: shown === null ? null : task.parse(shown) };
    },
    parseChange: (change) => change as Verdict,
    load: (data, item) => task.load(data, item),
    release: (media) => task.release(media),
    weight: (media) => task.weight(media),
    apply: (value, verdict) => ({ value: { ...value, verdict }, inverse: value.verdict }),
    entries: ({ shown }, media) => (shown === null ? [] : entriesOf(task, shown, view, media)),
    relabel: () => null,
    remove: () => null,
    lacking: ({ verdict }) => (verdict.label === null ? "Choose a class first." : null),
    choosing: {
      chosen: ({ verdict }) => (verdict.label === null ? [] : [verdict.label]),
      choose: ({ verdict }, label) => (verdict.label === label ? null : { ...verdict, label }),
      movesOn: () => true,
    },
    fields: {
      lacking: () => [],
      of({ value, ...item }) {
        const about = value.shown === null ? [] : (task.fields?.of({ ...item, value: value.shown }, null, view.settings) ?? []);
        return [{ ...COMMENT, value: value.verdict.comments[0] ?? null }, ...about.map((field) => ({ ...field, locked: true, required: false }))];
      },
      set({ value: { verdict } }, _id, name, to) {
        if (name !== COMMENT.name) return null;
        const [first = null, ...others] = verdict.comments;
        return to === first ? null : { ...verdict, comments: to === null ? others : [String(to), ...others] };
      },
    },
    mount: (stage, context, life) => onlyView(task.mount(stage, lookingOn(context, view), life)),
  };
}

const COMMENT: Field = {
  name: "comment",
  title: "Comment",
  description: "What is wrong, if anything: write it first, then choose the class",
  kind: "string",
  value: null,
  choices: [],
  minimum: null,
  maximum: null,
  required: false,
  paired: false,
};

function entriesOf<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  shown: Value,
  view: TaskView,
  media?: Media | null,
): readonly Entry[] {
  if (!task.choosing) return task.entries(shown, media);
  return task.choosing.chosen(shown, view).map((name) => ({ id: name, label: name, detail: "", title: name }));
}

/** The context of an editor that shows a label and changes nothing. */
function lookingOn<Value, Change, Media>(context: TaskContext<Judged<Value>, Verdict, Media>, view: TaskView): TaskContext<Value, Change, Media> {
  return {
    ...context,
    readOnly: true,
    item: computed(() => {
      const item = context.item.value;
      return item === null || item.value.shown === null ? null : { ...item, value: item.value.shown };
    }),
    view,
    labels: view.labels,
    label: signal(0),
    tool: signal(""),
    taker: signal(null),
    many: { possible: false, total: () => 0, current: () => 0, look: async () => [], act: () => [], heard: signal(null), go: () => undefined },
    activate: () => undefined,
    commit: () => undefined,
  };
}

function onlyView(editor: Editor): Editor {
  const { stepBack: _, offer: __, ...rest } = editor;
  return { ...rest, commands: editor.commands.filter(({ group }) => group === "View"), finish: () => false, cancel: () => false };
}
