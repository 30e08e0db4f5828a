import type { Choice } from "../generated/schema";
import type { Choosing, TaskModule } from "./task";

/** What all modules have in common whose value is the classes of the whole item; a choice takes the place of the one before. */
type ChoiceTask = Pick<
  TaskModule<Choice, Choice, unknown>,
  "tools" | "parse" | "parseChange" | "apply" | "entries" | "relabel" | "remove" | "lacking"
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
