import type { Opening } from "../../src/core/labeler";
import type { Transport } from "../../src/core/transport";
import type {
  Box,
  BoxChange,
  ErrorView,
  ItemView,
  LabelView,
  Operation,
  Position,
  Progress,
  Receipt,
  Request,
  TaskView,
} from "../../src/generated/schema";
import { KEYS } from "../generated/keys";

export const WIDTH = 100;
export const HEIGHT = 80;

export function label(name: string, key: string | null = null): LabelView {
  return { name, color: "#e69f00", key, short_name: null, description: null };
}

export function taskView(labels: LabelView[] = [label("cat", "1"), label("dog", "2")]): TaskView {
  const taken = new Set(labels.map(({ key }) => key?.toLowerCase()));
  const keys = Object.entries(KEYS["bounding-box"] ?? {}).map(([action, own]) => [action, own.filter((key) => !taken.has(key))]);
  return {
    type: "bounding-box",
    title: "Bounding boxes",
    labels,
    instructions: "",
    details: [],
    examples: { good: 0, bad: 0 },
    settings: {},
    keys: Object.fromEntries(keys),
  };
}

export function box(id: string, left = 10, top = 10, width = 20, height = 20, name = "cat"): Box {
  return { id, label: name, left, top, width, height, attributes: {} };
}

interface Item {
  readonly id: number;
  readonly name: string;
  value: Box[];
  submitted: string | null;
  state: ItemView["state"];
  error: string | null;
}

interface Logged {
  readonly operation: Operation;
  readonly sequence: number;
  readonly role: "do" | "undo" | "redo";
  readonly inverse: BoxChange | null;
  /** How its item was decided before. */
  readonly before: Pick<Item, "state" | "submitted">;
  undone: boolean;
}

class Refusal extends Error {
  constructor(readonly view: ErrorView) {
    super(view.message);
  }
}

interface Link {
  deliver(message: unknown, buffers: DataView[]): void;
}

type Letter = readonly [Link, Request];

/**
 * A session as `nblabel.wire` and `nblabel.session` describe it, in memory: idempotent by operation id, events before the answer, one message at a time,
 * each in a task of its own. It applies changes by code of its own, which refuses what Python refuses.
 */
export class FakeSession {
  readonly items: Item[];
  /** All that arrived, in order of arrival, whether answered or not. */
  readonly requests: Request[] = [];
  current = 0;
  /** A busy kernel: what arrives waits until it is free. */
  busy = false;
  /** Answers that get lost on the way, as when a comm is cut. */
  lostAnswers = 0;
  /** Requests whose method is in here are refused with this. */
  readonly refusals = new Map<string, ErrorView>();
  /** Items that a glance gives in small. */
  readonly large = new Set<number>();
  private readonly log: Logged[] = [];
  private readonly links: Link[] = [];
  private readonly inbox: Letter[] = [];

  constructor(count = 4) {
    this.items = Array.from({ length: count }, (_, index) => ({
      // Ids are the store's: nothing may take them for places.
      id: 100 + 7 * index,
      name: `image-${index}.png`,
      value: [],
      submitted: null,
      state: "unlabeled",
      error: null,
    }));
  }

  // ---- what tests look at

  item(index: number): Item {
    const item = this.items[index];
    if (!item) throw new Error(`no item ${index}`);
    return item;
  }

  ids(index: number): string[] {
    return this.item(index).value.map(({ id }) => id);
  }

  asked(method: string): Request[] {
    return this.requests.filter((request) => request.method === method);
  }

  get committed(): Operation[] {
    return this.log.map(({ operation }) => operation);
  }

  get progress(): Progress {
    const count = (state: Item["state"]) => this.items.filter((item) => item.state === state).length;
    return { total: this.items.length, submitted: count("submitted"), skipped: count("skipped"), ahead: 0 };
  }

  opening(index = this.current, session = "session-1"): Opening {
    const view = this.view(index);
    return { ...wire({ task: taskView(), item: view, progress: this.progress, session }), media: this.media(index) };
  }

  // ---- what happens elsewhere

  /** A free kernel answers what waited. */
  resume(): void {
    this.busy = false;
    for (const _ of this.inbox) this.wake();
  }

  /** An operation of Python or of another page. */
  remote(index: number, change: Partial<BoxChange>, origin: string | null = null): void {
    this.run(
      {
        id: `remote-${this.log.length}`,
        item: this.item(index).id,
        kind: "change",
        change: full(change),
        undoes: null,
        seconds: 0,
        answers: [],
        reopens: [],
        batch: null,
        basis: null,
      },
      origin,
    );
  }

  moveFrom(index: number, origin: string | null): void {
    this.current = index;
    this.tell("moved", { index, origin } satisfies Position);
  }

  tell(event: string, params: unknown): void {
    for (const link of this.links) link.deliver(wire({ event, params }), []);
  }

  connect(): Transport {
    let listener: ((message: unknown, buffers: DataView[]) => void) | null = null;
    const link: Link = { deliver: (message, buffers) => listener?.(message, buffers) };
    this.links.push(link);
    return {
      send: (message) => {
        const request: Request = wire(message as Request);
        this.requests.push(request);
        this.inbox.push([link, request]);
        if (!this.busy) this.wake();
      },
      receive(given, signal) {
        listener = given;
        signal.addEventListener("abort", () => {
          listener = null;
        });
      },
    };
  }

  // ---- inner workings

  private wake(): void {
    setTimeout(() => {
      if (this.busy) return;
      const letter = this.inbox.shift();
      if (letter) this.answer(...letter);
    }, 0);
  }

  private answer(link: Link, request: Request): void {
    const { id, method, origin } = request;
    let reply: unknown;
    let buffers: DataView[] = [];
    try {
      checkKeys(request, ["id", "method", "params", "origin"]);
      const refusal = this.refusals.get(method);
      if (refusal) throw new Refusal(refusal);
      const [result, parts] = this.handle(method, request.params, origin);
      reply = { id, result };
      buffers = parts;
    } catch (error) {
      const view: ErrorView = error instanceof Refusal ? error.view : { code: "internal", message: String(error), path: null };
      reply = { id, error: view };
    }
    if (this.lostAnswers > 0) this.lostAnswers -= 1;
    else link.deliver(wire(reply), buffers);
  }

  private handle(method: string, params: unknown, origin: string | null): [unknown, DataView[]] {
    switch (method) {
      case "open":
      case "glance": {
        const index = this.place(params);
        const media = this.media(index);
        return [{ ...this.view(index), preview: method === "glance" && this.large.has(index) }, media ? [media] : []];
      }
      case "media": {
        const index = this.place(params);
        const media = this.media(index);
        const { mime, error } = this.view(index);
        return [{ mime, error }, media ? [media] : []];
      }
      case "move": {
        const index = this.place(params);
        const position: Position = { index, origin };
        if (index !== this.current) {
          this.current = index;
          this.tell("moved", position);
        }
        return [position, []];
      }
      case "commit":
        checkKeys(params, ["id", "item", "kind", "change", "undoes", "seconds", "answers", "reopens", "batch", "basis"]);
        return [this.run(params as Operation, origin), []];
      case "undo":
      case "redo":
        checkKeys(params, []);
        return [this.travel(method, origin), []];
      case "listen":
      case "leave":
        checkKeys(params, []);
        return [{}, []];
      default:
        throw refuse("session", `method ${method} is unknown`);
    }
  }

  private place(params: unknown): number {
    checkKeys(params, ["index"]);
    const { index } = params as { index: number };
    if (!Number.isInteger(index) || index < 0 || index >= this.items.length) throw refuse("session", `there is no item ${index}`);
    return index;
  }

  private view(index: number): ItemView {
    const { id, name, value, state, submitted, error } = this.item(index);
    const edited = state === "submitted" && JSON.stringify(value) !== submitted;
    const size = error === null ? { mime: "image/png", width: WIDTH, height: HEIGHT } : { mime: null, width: null, height: null };
    return {
      id,
      index,
      name,
      state,
      edited,
      value,
      next: this.next(index),
      error,
      suggestions: [],
      answered: [],
      latest: this.latest(index),
      preview: false,
      ...size,
    };
  }

  private latest(index: number): string {
    const mine = this.log.filter(({ operation }) => operation.item === this.item(index).id);
    return mine.at(-1)?.operation.id ?? "";
  }

  private media(index: number): DataView | null {
    return this.item(index).error === null ? new DataView(new Uint8Array([index]).buffer) : null;
  }

  private next(index: number): number | null {
    const order = [...this.items.keys()];
    const around = [...order.slice(index + 1), ...order.slice(0, index)];
    return around.find((place) => ["unlabeled", "draft"].includes(this.item(place).state)) ?? null;
  }

  private run(operation: Operation, origin: string | null): Receipt {
    const index = this.items.findIndex(({ id }) => id === operation.item);
    if (index < 0) throw refuse("session", `item ${operation.item} is not in this session`);
    const known = this.log.find((logged) => logged.operation.id === operation.id);
    if (known) return this.receipt(known, index, origin);
    const item = this.item(index);
    if (item.error !== null && operation.kind !== "skip") throw refuse("media", `${item.name}: it cannot be labeled because it cannot be read`);
    const { role, target } = this.role(operation);
    const before = { state: item.state, submitted: item.submitted };
    if (operation.basis !== null && operation.basis !== this.latest(index)) throw refuse("conflict", `${item.name}: it was changed meanwhile`);
    const inverse = this.effect(operation, item, target);
    if (target) target.undone = true;
    const logged: Logged = { operation, sequence: this.log.length + 1, role, inverse, before, undone: false };
    this.log.push(logged);
    const receipt = this.receipt(logged, index, origin);
    this.tell("operation", receipt);
    return receipt;
  }

  private effect(operation: Operation, item: Item, target: Logged | null): BoxChange | null {
    if (operation.kind === "change") {
      const applied = applyAsPython(item.value, operation.change as BoxChange);
      item.value = applied.value;
      if (item.state === "unlabeled") item.state = "draft";
      return applied.inverse;
    }
    if (target) Object.assign(item, target.before);
    else if (operation.kind === "submit" || item.state !== "submitted") {
      item.state = operation.kind === "submit" ? "submitted" : "skipped";
      item.submitted = operation.kind === "submit" ? JSON.stringify(item.value) : null;
    }
    return null;
  }

  private role(operation: Operation): { role: Logged["role"]; target: Logged | null } {
    if (operation.undoes === null) return { role: "do", target: null };
    const target = this.log.find((logged) => logged.operation.id === operation.undoes && logged.operation.item === operation.item);
    if (!target) throw refuse("session", `operation ${operation.undoes} cannot be taken back: the store does not know it`);
    if (target.undone) throw refuse("session", `operation ${operation.undoes} was taken back already`);
    return { role: target.role === "undo" ? "redo" : "undo", target };
  }

  private receipt(logged: Logged, index: number, origin: string | null): Receipt {
    const { state, edited, next } = this.view(index);
    return { operation: logged.operation, sequence: logged.sequence, role: logged.role, index, state, edited, progress: this.progress, origin, next };
  }

  private travel(method: "undo" | "redo", origin: string | null): Receipt | null {
    const steps = this.log.filter(({ undone }) => !undone).reverse();
    const newest = Math.max(0, ...this.log.filter(({ role }) => role === "do").map(({ sequence }) => sequence));
    const target = steps.find(({ role, sequence }) => (method === "undo" ? role !== "undo" : role === "undo" && sequence > newest));
    if (!target) return null;
    const { id, item, kind } = target.operation;
    const taking: Operation = {
      id: `session-${this.log.length}`,
      item,
      kind,
      change: target.inverse,
      undoes: id,
      seconds: 0,
      answers: [],
      reopens: [],
      batch: null,
      basis: null,
    };
    const receipt = this.run(taking, origin);
    this.handle("move", { index: receipt.index }, origin);
    return receipt;
  }
}

/** What a JSON wire does to a message: nothing is shared, and what JSON cannot say is lost. */
function wire<Message>(message: Message): Message {
  return JSON.parse(JSON.stringify(message));
}

function refuse(code: string, message: string): Refusal {
  return new Refusal({ code, message, path: null });
}

function checkKeys(found: unknown, expected: readonly string[]): void {
  const keys = Object.keys(found ?? {}).sort();
  if (JSON.stringify(keys) !== JSON.stringify([...expected].sort())) throw refuse("schema", `expected the fields ${expected}, got ${keys}`);
}

export function full(change: Partial<BoxChange>): BoxChange {
  return { created: [], updated: [], deleted: [], at: [], order: [], ...change };
}

/** `BoundingBox.apply` of Python, line by line. */
function applyAsPython(value: readonly Box[], change: BoxChange): { value: Box[]; inverse: BoxChange } {
  checkKeys(change, ["created", "updated", "deleted", "at", "order"]);
  const before = new Map(value.map((found) => [found.id, found]));
  const places = [...before.keys()];
  const get = (id: string): Box => {
    const found = before.get(id);
    if (!found) throw refuse("annotation", `box ${id} does not exist; reload the item`);
    return found;
  };
  for (const found of [...change.created, ...change.updated]) {
    if (found.width <= 0 || found.height <= 0) throw refuse("annotation", "expected more than 0 pixels");
    if (found.left < 0 || found.top < 0 || found.left + found.width > WIDTH + 0.01 || found.top + found.height > HEIGHT + 0.01) {
      throw refuse("annotation", "the box reaches outside the image");
    }
  }
  for (const id of [...change.updated.map(({ id }) => id), ...change.deleted]) get(id);
  for (const { id } of change.created) if (before.has(id)) throw refuse("annotation", `box ${id} exists already`);
  const removed = [...change.deleted].sort((one, other) => places.indexOf(one) - places.indexOf(other));
  const inverse = {
    created: removed.map(get),
    at: removed.map((id) => places.indexOf(id)),
    updated: change.updated.map(({ id }) => get(id)),
    deleted: change.created.map(({ id }) => id),
    order: change.order.length > 0 ? places : [],
  };
  const after = value
    .filter(({ id }) => !change.deleted.includes(id))
    .map((found) => change.updated.filter(({ id }) => id === found.id).at(-1) ?? found);
  change.created.forEach((found, position) => {
    after.splice(Math.min(change.at[position] ?? after.length, after.length), 0, found);
  });
  return { value: change.order.length > 0 ? change.order.map((id) => after.find((found) => found.id === id) as Box) : after, inverse };
}
