import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type {
  Example,
  ItemView,
  LabelView,
  Notice,
  Operation,
  Position,
  Progress,
  Receipt,
  Suggested,
  Suggestion,
  TaskView,
} from "../generated/schema";
import { createBulk } from "./bulk";
import { createHistory, type Own, type Standing } from "./history";
import { decodeImage } from "./image";
import { allDone, counted, decided, isFinished, touched, waitingElsewhere } from "./item-states";
import { createItems, loadItem } from "./items";
import { browserStorage, createKeeper } from "./keeper";
import { createOutbox, type Outbox } from "./outbox";
import { addPending } from "./pending";
import { createSelecting } from "./selecting";
import { answering, createSuggestions, waitingOf, withSuggestions } from "./suggestions";
import type { LoadedItem, TaskContext, TaskModule } from "./task";
import { createClient, makeId, type Transport } from "./transport";
import { createTravel } from "./travel";
import { createVisibility } from "./visibility";

/** The state in which a labeler opens: enough to show and label the first item before the session answers. */
export interface Opening {
  readonly task: TaskView;
  readonly item: ItemView;
  readonly media: DataView | null;
  readonly progress: Progress;
  /** Names the session across reloads. */
  readonly session: string;
  /** What the person must know from the start. */
  readonly notice?: Notice | null;
  /** Whether the item is the only one, and handing it in is the end of the page. */
  readonly form?: boolean;
}

/** One labeling session in this page; all its views show and change the same. */
export interface Labeler<Value, Change, Media> extends TaskContext<Value, Change, Media> {
  readonly task: TaskModule<Value, Change, Media>;
  readonly view: TaskView;
  /** Whether the item is the only one, and handing it in is the end of the page. */
  readonly form: boolean;
  readonly labels: readonly LabelView[];
  readonly label: Signal<number>;
  readonly index: ReadonlySignal<number>;
  /** An item was asked for and is not here yet. */
  readonly loading: ReadonlySignal<boolean>;
  readonly progress: ReadonlySignal<Progress>;
  readonly outbox: Outbox;
  readonly notice: Signal<Notice | null>;
  /** The last thing said to screen readers. */
  readonly announcement: ReadonlySignal<string>;
  /** Names of the classes that the palette shows as pressed; none while a class would go elsewhere than to the item on show. */
  readonly pressed: ReadonlySignal<ReadonlySet<string>>;
  submit(): void;
  skip(): void;
  go(index: number): Promise<void>;
  /** An example image of the instructions, the good ones first. */
  example(place: number): Promise<ImageBitmap>;
  /** Another item, without going there. */
  load(index: number): Promise<LoadedItem<Value, Media>>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  chooseLabel(position: number): void;
  select(ids: readonly string[]): void;
  removeSelection(): void;
  /** The last view of this page was taken away: tells the session so, once nothing waits. */
  leave(): void;
  /** A view is there again. */
  stay(): void;
  dispose(): void;
}

export function createLabeler<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  opening: Opening,
  transport: Transport,
): Labeler<Value, Change, Media> {
  const life = new AbortController();
  const client = createClient(transport, life.signal);
  const items = createItems(client, task, { complete: withPending, shown: () => item.peek() });
  const history = createHistory<Change>(task.bytes);

  const index = signal(opening.item.index);
  const item = signal<LoadedItem<Value, Media> | null>(null);
  const progress = signal(opening.progress);
  const label = signal(0);
  const tool = signal(task.tools[0]?.name ?? "");
  const selection = signal<readonly string[]>([]);
  const chosen = signal(false);
  const taker = signal<((label: string) => void) | null>(null);
  const notice = signal<Notice | null>(opening.notice ?? null);
  const announcement = signal("");
  const visibility = createVisibility();
  const leaving = signal(false);
  let since = performance.now();
  /** Operations that every value kept in this page already has. */
  const seen = new Set<string>();
  /** Indices of the items that were seen, by their ids. */
  const places = new Map<number, number>();

  const keeper = createKeeper(browserStorage(), `nblabel:${opening.session}`);
  const outbox = createOutbox({ client, keeper, acknowledged, refused });
  const suggestions = createSuggestions({ item, task, view: opening.task, selection, commit: make });

  const bulk = createBulk({ client, outbox, task, adopt, complete: withPending, seconds: elapsed });
  const selecting = createSelecting({
    task,
    view: opening.task,
    index,
    item,
    label,
    selection,
    chosen,
    taker,
    visibility,
    suggestions,
    commit,
    submit,
    announce,
    inform: (message) => say("info", message),
  });

  // ---- items

  async function show(wanted: number, load: Promise<LoadedItem<Value, Media>>): Promise<void> {
    forgetInfo();
    batch(() => {
      index.value = wanted;
      selection.value = [];
      chosen.value = false;
    });
    try {
      await load;
      if (life.signal.aborted || index.value !== wanted) return; // the person has moved on
      // What was told between its arrival and now is in the cache, or took it out of there.
      const loaded = items.peek(wanted) ?? (await items.load(wanted));
      if (life.signal.aborted || index.value !== wanted) return;
      items.put(loaded);
      item.value = loaded;
      since = performance.now();
      announce(`Item ${wanted + 1} of ${progress.value.total}: ${loaded.view.name}`);
      if (loaded.view.preview) await bringWhole(wanted);
      if (life.signal.aborted || index.value !== wanted) return;
      const ahead = [loaded.view.next, wanted + 1, wanted + 2];
      items.prefetch(ahead.filter((place) => place !== null && place < progress.value.total) as number[]);
    } catch (error) {
      say("error", `Item ${wanted + 1} could not be loaded: ${messageOf(error)}`);
    }
  }

  /** Puts the whole image in the place of the small one that is on show. */
  async function bringWhole(wanted: number): Promise<void> {
    const whole = await items.whole(wanted);
    if (whole !== null && item.value?.view.id === whole.view.id) item.value = whole;
  }

  async function go(wanted: number): Promise<void> {
    if (wanted === progress.value.total && progress.value.ahead > 0) await lookForMore();
    const shown = item.value?.view.index ?? index.value;
    if (wanted < 0) return say("info", "This is the first item.");
    if (wanted >= progress.value.total) {
      if (notice.value === null) say("info", "This is the last item.");
      return;
    }
    if (wanted === index.value && wanted === shown) return;
    client.request<Position>("move", { index: wanted }).catch((error: Error) => say("error", error.message));
    await show(wanted, items.glance(wanted));
  }

  /** Asks for another item where they are given out one after another. */
  async function lookForMore(): Promise<void> {
    const before = progress.value;
    try {
      progress.value = (await client.request<Progress>("more", {})).result;
    } catch (error) {
      say("error", messageOf(error));
      return;
    }
    if (progress.value.total === before.total) say("info", `There is nothing to do now. ${waitingElsewhere(progress.value)}`);
  }

  function withPending(view: ItemView, value: Value): { view: ItemView; value: Value } {
    places.set(view.id, view.index);
    const pending = outbox.waiting.value.filter((operation) => operation.item === view.id);
    for (const { id } of pending) seen.add(id);
    return addPending(task, { view, value }, pending);
  }

  function current(change: (loaded: LoadedItem<Value, Media>) => LoadedItem<Value, Media>): void {
    if (!item.value) return;
    item.value = change(item.value);
    items.put(item.value);
  }

  // ---- operations

  /** Seconds since the last operation, or since the item came on show. */
  function elapsed(): number {
    const now = performance.now();
    const seconds = (now - since) / 1000;
    since = now;
    return seconds;
  }

  function operate(kind: Operation["kind"], more: Partial<Operation> = {}): Operation | null {
    const view = item.value?.view;
    if (!view || view.index !== index.value) return null;
    forgetInfo();
    const nothing = { change: null, undoes: null, answers: [], reopens: [], batch: null, basis: null };
    const operation: Operation = { id: makeId() + makeId(), item: view.id, kind, seconds: elapsed(), ...nothing, ...more };
    seen.add(operation.id);
    current((loaded) => ({ ...loaded, view: { ...loaded.view, latest: operation.id } }));
    outbox.send(operation);
    return operation;
  }

  /** Changes the value on show, unless it stays as it is, and what of the suggestions is answered; gives the inverse change. */
  function apply(change: Change | null, answer: Pick<Operation, "answers" | "reopens">): Change | null {
    if (!item.value) return null;
    const { value, inverse } = change === null ? { value: item.value.value, inverse: null } : task.apply(item.value.value, change);
    current((loaded) => ({ ...loaded, value, view: answering(touched(loaded.view), answer) }));
    return inverse;
  }

  function commit(change: Change): void {
    const adopted = adopt(change, item.value ? waitingOf(item.value.view) : []);
    make(adopted.change, adopted.answers);
  }

  /** A change may be one of parts that are only suggested, and so answer what waits. */
  function adopt(change: Change, waiting: readonly Suggestion[]): { readonly change: Change | null; readonly answers: Suggestion[] } {
    const adopted = task.suggestions?.adopt(change, new Set(waiting.map(({ id }) => id))) ?? { change, answers: [] };
    return { change: adopted.change, answers: waiting.filter(({ id }) => adopted.answers.includes(id)) };
  }

  function make(change: Change | null, suggested: readonly Suggestion[]): void {
    if (!item.value || item.value.view.index !== index.value) return; // what is still on show is not the item that the person is at
    const before = item.value.view;
    const answer = { answers: [...suggested], reopens: [] };
    let inverse: Change | null;
    try {
      inverse = apply(change, answer);
    } catch {
      say("info", "That change no longer fits: the item was changed elsewhere meanwhile.");
      return;
    }
    remember(operate("change", { change, ...answer }), { change, inverse, answers: suggested, before, after: item.value.view });
  }

  function remember(operation: Operation | null, own: Omit<Own<Change>, "kind">): void {
    if (operation) history.push({ ids: [operation.id], batch: null, index: index.value, own: { kind: operation.kind, ...own } });
  }

  const travel = createTravel<Change>({
    history,
    async reach(wanted) {
      await go(wanted);
      return index.value === wanted && item.value?.view.index === wanted;
    },
    takeBack,
    settled: outbox.settled,
    ask: async (method) => (await client.request<Receipt | null>(method, {})).result,
    receive,
    inform: (message) => say("info", message),
    complain: (error) => say("error", messageOf(error)),
  });

  function takeBack({ kind, change, inverse, answers, before, after }: Own<Change>, id: string, forward: boolean): string | null {
    if (kind !== "change") {
      stand(forward ? after : before);
      return operate(kind, { undoes: id })?.id ?? null;
    }
    const to = forward ? change : inverse;
    const answer = forward ? { answers: [...answers], reopens: [] } : { answers: [], reopens: answers.map((one) => one.id) };
    try {
      apply(to, answer);
    } catch {
      return null;
    }
    selection.value = [];
    return operate("change", { change: to, undoes: id, ...answer })?.id ?? null;
  }

  /** The item on show was decided, or that was taken back. */
  function stand(standing: Standing): void {
    const before = item.value?.view.state;
    if (before === undefined) return;
    current((loaded) => ({ ...loaded, view: { ...loaded.view, ...standing } }));
    progress.value = counted(progress.value, before, standing.state);
  }

  function submit(): void {
    const view = item.value?.view;
    if (!item.value || !view || view.index !== index.value) return;
    const lacking = task.lacking?.(item.value.value, opening.task) ?? null;
    if (view.error !== null) say("warning", "This item cannot be shown, so it cannot be submitted. Skip it.");
    else if (lacking !== null) say("info", lacking);
    else leave("submit");
  }

  function skip(): void {
    leave("skip");
  }

  function leave(kind: "submit" | "skip"): void {
    const before = item.value?.view;
    const operation = operate(kind, { basis: kind === "submit" ? (before?.latest ?? null) : null });
    if (!operation || !before) return;
    const after = decided(before, kind);
    stand({ state: after.state, edited: after.edited });
    remember(operation, { change: null, inverse: null, answers: [], before, after });
    announce(kind === "submit" ? "Submitted." : "Skipped.");
    const ahead = before.next;
    const known = ahead === null ? undefined : items.peek(ahead)?.view;
    if (ahead !== null && !(known && isFinished(known))) void go(ahead);
    else turning = operation.id;
  }

  /** The submission after which this page waits to be told where to go. */
  let turning: string | null = null;

  function acknowledged(receipt: Receipt): void {
    if (outbox.waiting.value.length === 0) progress.value = receipt.progress;
    const kept = items.peek(receipt.index);
    if (kept && !outbox.waiting.value.some((operation) => operation.item === receipt.operation.item)) {
      replace({ ...kept, view: { ...kept.view, state: receipt.state, edited: receipt.edited } });
    }
    if (receipt.operation.id !== turning) return;
    turning = null;
    if (receipt.next !== null && index.value === receipt.index) void go(receipt.next);
    // Why nothing comes next was told already, where there is trouble.
    if (receipt.next === null && (notice.value?.level ?? "info") === "info") say("info", endOf(receipt.progress));
  }

  function endOf(reached: Progress): string {
    return opening.form ? "Submitted." : allDone(reached);
  }

  function refused(operation: Operation, error: Error): void {
    say("error", `A change was not accepted: ${error.message}`);
    reload(operation.item);
  }

  function reload(id: number): void {
    const place = places.get(id);
    if (place === undefined) return;
    items.forget(place);
    if (place === index.value) void show(place, items.load(place));
  }

  // ---- what happens elsewhere

  function receive(receipt: Receipt): void {
    if (seen.has(receipt.operation.id)) return;
    seen.add(receipt.operation.id);
    bulk.hear(receipt);
    history.hear(receipt, new Set(outbox.waiting.value.map(({ id }) => id)));
    progress.value = receipt.progress;
    const kept = items.peek(receipt.index);
    if (kept) takeOver(receipt, kept);
    else items.forget(receipt.index);
  }

  function takeOver(receipt: Receipt, kept: LoadedItem<Value, Media>): void {
    try {
      const { change } = receipt.operation;
      const value = change === null ? kept.value : task.apply(kept.value, task.parseChange(change)).value;
      const view = answering({ ...kept.view, state: receipt.state, edited: receipt.edited, latest: receipt.operation.id }, receipt.operation);
      replace({ ...kept, value, view });
    } catch {
      reload(kept.view.id);
    }
  }

  function replace(changed: LoadedItem<Value, Media>): void {
    items.put(changed);
    if (item.value?.view.index === changed.view.index) item.value = changed;
  }

  function hear({ index: place, suggestions: made }: Suggested): void {
    const kept = items.peek(place);
    if (kept) replace({ ...kept, view: { ...kept.view, suggestions: withSuggestions(kept.view.suggestions, made) } });
    else items.forget(place);
  }

  client.onEvent((event, params) => {
    // Events have the types that the generated schema states for each.
    if (event === "operation") receive(params as Receipt);
    if (event === "suggested") hear(params as Suggested);
    if (event === "notice") notice.value = params as Notice;
    if (event === "moved") {
      const position = params as Position;
      if (position.origin !== client.origin && position.index !== index.value) void show(position.index, items.glance(position.index));
    }
  });

  // ---- what the person is told

  /** What was only worth a glance goes with the next thing that the person does. */
  function forgetInfo(): void {
    if (notice.value?.level === "info") notice.value = null;
  }

  function say(level: Notice["level"], message: string): void {
    notice.value = { level, message };
  }

  function announce(text: string): void {
    announcement.value = text;
  }

  const stop = effect(() => {
    // Whoever asked may be gone; then nobody needs to be told.
    if (leaving.value && outbox.waiting.value.length === 0) client.request("leave", {}).catch(() => undefined);
  });

  void show(opening.item.index, items.load(opening.item.index, loadItem(task, opening.item, opening.media, withPending)));
  outbox.retry();
  // What was told between the making of the opening and now was heard by nobody.
  client.request("listen", {}).catch(() => undefined);

  return {
    task,
    view: opening.task,
    form: opening.form ?? false,
    labels: opening.task.labels,
    label,
    index,
    item,
    loading: computed(() => item.value?.view.index !== index.value),
    progress,
    tool,
    selection,
    chosen,
    visibility,
    taker,
    many: {
      possible: !opening.form,
      total: () => progress.value.total,
      current: () => index.value,
      go: (place) => void go(place),
      look: bulk.look,
      act: bulk.act,
      heard: bulk.heard,
    },
    notice,
    announcement,
    outbox,
    suggestions,
    commit,
    submit,
    skip,
    go,
    load: items.load,
    async example(place) {
      const { result, buffers } = await client.look<Example>("example", { place });
      return decodeImage(buffers[0] ?? null, result.mime);
    },
    inform: (message) => say("info", message),
    undo: travel.undo,
    redo: travel.redo,
    ...selecting,
    call: (method, params) => client.request(method, params).then(({ result }) => result),
    onEvent: client.onEvent,
    announce,
    leave() {
      leaving.value = true;
      items.clear();
    },
    stay() {
      leaving.value = false;
    },
    dispose() {
      life.abort();
      outbox.dispose();
      stop();
      item.value = null;
      items.dispose();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
