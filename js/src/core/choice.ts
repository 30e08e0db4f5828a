import type { Choice } from "../generated/schema";
import type { Choosing, TaskModule } from "./task";

/** A part of a choice: its id is the class. */
interface SuggestedClass {
  readonly id: string;
  readonly label: string;
}

/** What all modules have in common whose value is the classes of the whole item; a choice takes the place of the one before. */
type ChoiceTask = Pick<
  TaskModule<Choice, Choice, unknown>,
  "tools" | "parse" | "parseChange" | "apply" | "entries" | "relabel" | "remove" | "lacking" | "suggestions"
> & { readonly choosing: Choosing<Choice, Choice> };

export const choiceTask: ChoiceTask = {
  tools: [],
  // What the session sends has passed the same schema in Python.
  parse: (value) => value as Choice,
  parseChange: (change) => change as Choice,
  apply: (value, change) => ({ value: change, inverse: value }),
  entries: () => [],
  relabel: () => null,
  remove: () => null,
  lacking({ labels, none }, { settings }) {
    if (labels.length > 0 || none) return null;
    return settings["multiple"] ? `Choose the classes first, or “${settings["exclusion"]}”.` : "Choose a class first.";
  },
  suggestions: {
    include: (value) => value,
    entries: (parts) => (parts as readonly SuggestedClass[]).map(({ id, label }) => ({ id, label, detail: "", title: label })),
    accept(value, parts, { settings }) {
      const names = (parts as readonly SuggestedClass[]).map(({ label }) => label);
      return { labels: settings["multiple"] ? [...new Set([...value.labels, ...names])] : names.slice(0, 1), none: false };
    },
    // Whoever chooses a class that is suggested accepts it; none of these is none of them.
    adopt: (change, suggested) => ({ change, answers: change.none ? [...suggested] : change.labels.filter((name) => suggested.has(name)) }),
    part: ({ labels }, id) => (labels.includes(id) ? { id, label: id } : undefined),
  },
  choosing: {
    chosen: ({ labels, none }, { settings }) => (none ? [String(settings["exclusion"])] : labels),
    choose(value, label, { settings }) {
      if (!settings["multiple"]) return value.labels[0] === label ? null : { labels: [label], none: false };
      if (label === settings["exclusion"]) return { labels: [], none: !value.none };
      const others = value.labels.filter((name) => name !== label);
      return { labels: others.length < value.labels.length ? others : [...others, label], none: false };
    },
    movesOn: ({ settings }) => !settings["multiple"],
  },
};
