import type { ReadonlySignal, Signal } from "@preact/signals";
import type { ItemView, LabelView, Notice, Receipt, TaskView } from "../generated/schema";
import type { Command } from "./keys";
import type { Applied } from "./shapes";
import type { SuggestionRules, Suggestions } from "./suggestions";
import type { Visibility } from "./visibility";

/** A tool of the tool bar; its action in the table of keys is `tool-<name>`. */
export interface ToolView {
  readonly name: string;
  readonly title: string;
  /** What to do with it, in a line. */
  readonly hint: string;
  /** What it asks the session for; where that runs in the page, nobody answers it. */
  readonly asks?: string;
}

/** A row of the list that mirrors what is on the stage. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  /** What stands there instead of the class, which `detail` then tells. */
  readonly text?: string;
  readonly detail: string;
  /** All of it in words. */
  readonly title: string;
}

/** Something that can be on or off while one works; its name is that of its icon and of its action in the table of keys. */
export interface Toggle {
  readonly name: string;
  readonly title: string;
  readonly on: Signal<boolean>;
}

/** How an image is shown; the image itself stays as it is. */
export interface Picture {
  /** Shares of the original, 1 by default. */
  readonly brightness: Signal<number>;
  readonly contrast: Signal<number>;
  /** Whether pixels flow into one another where the image is enlarged a little. */
  readonly smooth: Signal<boolean>;
}

/** Something of a part, or of the whole item, that can be written down. */
export interface Field {
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly kind: "choice" | "number" | "string";
  readonly value: string | number | null;
  readonly choices: readonly string[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** An item cannot be submitted without it. */
  readonly required: boolean;
  /** Stands beside another one. */
  readonly paired: boolean;
  /** It is only looked at. */
  readonly locked?: boolean;
}

/** An item with its media decoded and its working value. */
export interface LoadedItem<Value, Media> {
  readonly view: ItemView;
  readonly media: Media | null;
  readonly value: Value;
}

/** What is done to one of many items. */
export interface Act<Value, Change, Media> {
  readonly item: LoadedItem<Value, Media>;
  readonly change: Change | null;
  readonly submit: boolean;
}

/** Work on items that are not on show. */
export interface Many<Value, Change, Media> {
  /** Whether there can be more than the one on show. */
  readonly possible: boolean;
  total(): number;
  /** Place of the item on show. */
  current(): number;
  /** Looks at items in small. */
  look(indices: readonly number[]): Promise<LoadedItem<Value, Media>[]>;
  /** Does something to items, as one step of the history; gives them as they are then. */
  act(acts: readonly Act<Value, Change, Media>[]): LoadedItem<Value, Media>[];
  /** Shows an item alone. */
  go(index: number): void;
  /** What became durable last that `act` did not do. */
  readonly heard: ReadonlySignal<Receipt | null>;
}

/** What an editor sees of the labeler; it never learns which host it is in. */
export interface TaskContext<Value, Change, Media> {
  readonly item: ReadonlySignal<LoadedItem<Value, Media> | null>;
  readonly view: TaskView;
  /** Whether the value is only looked at. */
  readonly readOnly?: boolean;
  readonly labels: readonly LabelView[];
  /** Place of the active label. */
  readonly label: ReadonlySignal<number>;
  readonly tool: Signal<string>;
  readonly selection: Signal<readonly string[]>;
  /** Whether the selection was made by a person, not by the drawing of a shape. */
  readonly chosen: Signal<boolean>;
  /** Set while something is marked and waits for its class: gets the one that is chosen next. */
  readonly taker: Signal<((label: string) => void) | null>;
  readonly notice: Signal<Notice | null>;
  readonly many: Many<Value, Change, Media>;
  readonly visibility: Visibility;
  readonly suggestions: Suggestions;
  /** Makes a label the active one, and nothing else. */
  activate(position: number): void;
  /** Asks the session for something that only this task type needs; rejects when it refuses. */
  call(method: string, params: unknown): Promise<unknown>;
  /** Hears what the session tells of by itself. */
  onEvent(listener: (event: string, params: unknown) => void): void;
  /** Makes a change of the value, or of the value with the suggestions in it that wait. */
  commit(change: Change): void;
  /** Tells the person something that is only worth a glance. */
  inform(message: string): void;
  /** Says something to screen readers. */
  announce(text: string): void;
}

/** Something in the strip above the stage that says how the tools work. */
export type Control =
  | {
      readonly kind: "slider";
      readonly name: string;
      readonly title: string;
      readonly value: Signal<number>;
      readonly minimum: number;
      readonly maximum: number;
      readonly unit: string;
      /** Whether steps grow with the value. */
      readonly logarithmic: boolean;
      /** The tools that it belongs to; all when absent. */
      readonly tools?: readonly string[];
    }
  | {
      readonly kind: "choice";
      readonly name: string;
      readonly title: string;
      readonly value: Signal<string>;
      readonly choices: readonly (readonly [value: string, title: string])[];
      readonly tools?: readonly string[];
    }
  | { readonly kind: "fact"; readonly name: string; readonly text: ReadonlySignal<string>; readonly title: string; run(): void };

/** Something that is shown and waits to be accepted, beside the suggestions. */
export interface Offer {
  readonly text: string;
  /** Whether there is something to accept. */
  readonly ready: boolean;
  readonly failed: boolean;
}

/** The running editor of one view. */
export interface Editor {
  /** What only this task can do; the names are those of the keys that the task's Python class declares. */
  readonly commands: readonly Command[];
  readonly toggles?: readonly Toggle[];
  /** Where there are any, the toggles are shown beside them. */
  readonly controls?: readonly Control[];
  readonly offer?: ReadonlySignal<Offer | null>;
  /** Takes back the last step of what is half done; false when nothing is. */
  stepBack?(): boolean;
  /** Where an image is shown. */
  readonly picture?: Picture;
  /** Shows the whole item again. */
  fit(): void;
  /** Finishes a shape that is open; false when there is none. */
  finish(): boolean;
  /** Drops what is half done, then the selection; false when there was neither. */
  cancel(): boolean;
  readonly zoom: ReadonlySignal<number | null>;
  zoomBy(factor: number): void;
}

/** What the palette does where classes are given to the whole item, not to parts of it. */
export interface Choosing<Value, Change> {
  /** Names of the classes that the item has. */
  chosen(value: Value, view: TaskView): readonly string[];
  /** What choosing a class changes, null for nothing. */
  choose(value: Value, label: string, view: TaskView): Change | null;
  /** Whether an item is done once a class was chosen. */
  movesOn(view: TaskView): boolean;
}

/** Items come without their decoded media here: what is copied or written down needs its size only. */
export interface Copies<Value, Change> {
  /** A value of these parts alone. */
  take(value: Value, ids: readonly string[]): Value;
  /** Puts copies of all parts of a value into an item, a little aside where they would lie on their originals; null when none has a place there. */
  put(item: LoadedItem<Value, unknown>, value: Value, aside: boolean): { readonly change: Change; readonly ids: readonly string[] } | null;
}

/** `id` null means the item as a whole. */
export interface Fields<Value, Change> {
  of(item: LoadedItem<Value, unknown>, id: string | null, settings: TaskView["settings"]): readonly Field[];
  /** Ids of the parts that lack something required. */
  lacking(value: Value, settings: TaskView["settings"]): readonly string[];
  /** The change that gives a field a value; null when it has it. */
  set(item: LoadedItem<Value, unknown>, id: string | null, name: string, to: Field["value"], settings: TaskView["settings"]): Change | null;
}

/** A task type's front end: one module of this form in `tasks/`, named as the task type is. */
export interface TaskModule<Value, Change, Media> {
  readonly type: string;
  /** What can be copied, where anything can. */
  readonly copies?: Copies<Value, Change>;
  /** What can be written down of parts, where anything can. */
  readonly fields?: Fields<Value, Change>;
  /** The first is active at the start. */
  readonly tools: readonly ToolView[];
  /** Narrows what came over the wire. */
  parse(value: unknown): Value;
  /** What `parse` reads, of a value that is not so itself. */
  write?(value: Value): unknown;
  /** The value, as it comes over the wire, of an image on which nothing was done; absent where images of all sizes have the same. */
  empty?(size: { readonly width: number; readonly height: number }): unknown;
  parseChange(change: unknown): Change;
  load(data: DataView | null, view: ItemView): Promise<Media | null>;
  release(media: Media): void;
  /** Roughly the bytes that decoded media hold. */
  weight(media: Media): number;
  /** Roughly the bytes of a change, where they can be many. */
  bytes?(change: Change): number;
  apply(value: Value, change: Change): Applied<Value, Change>;
  /** `media` where rows quote it. */
  entries(value: Value, media?: Media | null): readonly Entry[];
  relabel(value: Value, ids: readonly string[], label: string): Change | null;
  remove(value: Value, ids: readonly string[]): Change | null;
  readonly choosing?: Choosing<Value, Change>;
  /** The classes of the entries, where those are only looked at and the palette has others. */
  readonly legend?: readonly LabelView[];
  /** What must be done before an item can be submitted, null when nothing must. */
  lacking?(value: Value, view: TaskView): string | null;
  /** Absent where nothing can be suggested. */
  readonly suggestions?: SuggestionRules<Value, Change>;
  /** Builds the editor into `stage` and keeps it in step with the context until `signal` aborts. */
  mount(stage: HTMLElement, context: TaskContext<Value, Change, Media>, signal: AbortSignal): Editor;
}

/** Whether there is more to read than the short sentence. */
export function hasInstructions({ details, examples }: TaskView): boolean {
  return details.length > 0 || examples.good + examples.bad > 0;
}
