import type { ReadonlySignal, Signal } from "@preact/signals";
import type { ItemView, LabelView, TaskView } from "../generated/schema";
import type { KeyBinding } from "./keys";
import type { Applied } from "./shapes";
import type { SuggestionRules, Suggestions } from "./suggestions";

/** A tool of the tool bar. */
export interface ToolView {
  readonly name: string;
  readonly title: string;
  readonly key: string;
  /** What to do with it, in a line. */
  readonly hint: string;
}

/** A row of the list that mirrors what is on the stage. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  /** All of it in words. */
  readonly title: string;
}

/** An item with its media decoded and its working value. */
export interface LoadedItem<Value, Media> {
  readonly view: ItemView;
  readonly media: Media | null;
  readonly value: Value;
}

/** What an editor sees of the labeler; it never learns which host it is in. */
export interface TaskContext<Value, Change, Media> {
  readonly item: ReadonlySignal<LoadedItem<Value, Media> | null>;
  readonly labels: readonly LabelView[];
  /** Place of the active label. */
  readonly label: ReadonlySignal<number>;
  readonly tool: Signal<string>;
  readonly selection: Signal<readonly string[]>;
  /** Whether the selection was made by a person, not by the drawing of a shape. */
  readonly chosen: Signal<boolean>;
  readonly suggestions: Suggestions;
  /** Makes a change of the value, or of the value with the suggestions in it that wait. */
  commit(change: Change): void;
  /** Says something to screen readers. */
  announce(text: string): void;
}

/** The running editor of one view. */
export interface Editor {
  readonly keys: readonly KeyBinding[];
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

/** A task type's front end: one module of this form in `tasks/`, named as the task type is. */
export interface TaskModule<Value, Change, Media> {
  readonly type: string;
  /** The first is active at the start. */
  readonly tools: readonly ToolView[];
  /** Narrows what came over the wire. */
  parse(value: unknown): Value;
  parseChange(change: unknown): Change;
  load(data: DataView | null, view: ItemView): Promise<Media | null>;
  release(media: Media): void;
  /** Roughly the bytes that decoded media hold. */
  weight(media: Media): number;
  apply(value: Value, change: Change): Applied<Value, Change>;
  entries(value: Value): readonly Entry[];
  relabel(value: Value, ids: readonly string[], label: string): Change | null;
  remove(value: Value, ids: readonly string[]): Change | null;
  readonly choosing?: Choosing<Value, Change>;
  /** What must be done before an item can be submitted, null when nothing must. */
  lacking?(value: Value, view: TaskView): string | null;
  /** Absent where nothing can be suggested. */
  readonly suggestions?: SuggestionRules<Value, Change>;
  /** Builds the editor into `stage` and keeps it in step with the context until `signal` aborts. */
  mount(stage: HTMLElement, context: TaskContext<Value, Change, Media>, signal: AbortSignal): Editor;
}
