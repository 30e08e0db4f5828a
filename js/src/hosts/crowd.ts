import { createFormSession } from "../core/form-session";
import { browserStorage, createKeeper } from "../core/keeper";
import { createLabeler } from "../core/labeler";
import { moduleFor } from "../core/module";
import type { TaskModule } from "../core/task";
import { setUpright } from "../core/upright";
import type { ItemView, Notice, TaskView } from "../generated/schema";
import { mountShell } from "../ui/shell";

/** What Ground Truth's script makes of the element. */
interface CrowdForm extends HTMLElement {
  submit?(): void;
}

/** What `nblabel.aws.labeler_template` writes into a worker template, texts as JSON. */
interface Given {
  readonly task: TaskView;
  /** What the metadata of such labels say under `type`. */
  readonly groundtruthType: string;
  readonly media: "image" | "text";
  /** Names the job, so that work on the same object in another one is not taken for work in this one. */
  readonly job: string;
  /** The value that work begins with, where it does not depend on the image. */
  readonly value: unknown;
}

const NOTHING_KEPT: Notice = {
  level: "warning",
  message: "This browser keeps nothing for this page: do not reload it before you have submitted.",
};

/**
 * A worker template of Ground Truth: one object, handed in by the crowd form around it.
 *
 * `element` says what is labeled, in attributes that Liquid has filled in: `data-given`, `data-object`, `data-url` of files, `data-examples`.
 */
export async function crowd<Value, Change, Media>(own: TaskModule<Value, Change, Media>, element: HTMLElement): Promise<void> {
  const given = read(element, "given") as Given;
  const object = String(read(element, "object"));
  const url = element.dataset["url"] ?? null;
  const examples = (element.dataset["examples"] ? read(element, "examples") : []) as readonly string[];
  // Nothing but drawing works without a session that runs elsewhere.
  const task = moduleFor(own, given.task);
  const module = { ...task, tools: task.tools.filter(({ asks }) => asks === undefined) };
  const { item, media } = await load(module, given, object, url);
  const storage = browserStorage();
  const name = `${given.job}:${hashOf(object)}`;
  const session = createFormSession(module, item, media, {
    keeper: createKeeper(storage, `nblabel-form:${name}`),
    handIn: (value) => handIn(element, { groundtruth_type: given.groundtruthType, value, width: item.width, height: item.height }),
    example: async (place) => fetched(examples[place] ?? ""),
  });
  const opening = { ...session.opening, task: given.task, media, session: name, notice: storage ? null : NOTHING_KEPT, form: true };
  element.replaceChildren();
  mountShell(element, createLabeler(module, opening, session.transport));
}

function read(element: HTMLElement, name: string): unknown {
  return JSON.parse(element.dataset[name] ?? "null");
}

async function load<Value, Change, Media>(
  task: TaskModule<Value, Change, Media>,
  given: Given,
  object: string,
  url: string | null,
): Promise<{ item: ItemView; media: DataView | null }> {
  const name = url === null ? "Text" : (object.split("/").at(-1) ?? "");
  const blank = { id: 1, index: 0, name, state: "unlabeled" as const, edited: false, suggestions: [], answered: [], latest: "" };
  const item: ItemView = { ...blank, value: given.value, next: null, mime: null, width: null, height: null, error: null, preview: false };
  try {
    if (url === null) return { item: { ...item, mime: "text/plain" }, media: viewOf(new TextEncoder().encode(object)) };
    const { mime, data } = await fetched(url);
    if (given.media === "text") return { item: { ...item, mime }, media: data };
    const { width, height } = await sizeOf(data, mime);
    return { item: { ...item, mime, width, height, value: task.empty?.({ width, height }) ?? given.value }, media: data };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const value = task.empty?.({ width: 0, height: 0 }) ?? given.value;
    return {
      item: { ...item, value, error: `It cannot be loaded (${reason}). Whoever gave you this task must allow browsers to read it.` },
      media: null,
    };
  }
}

async function fetched(url: string): Promise<{ mime: string; data: DataView }> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  setUpright(bytes);
  return { mime: response.headers.get("content-type") ?? "", data: viewOf(bytes) };
}

async function sizeOf(data: DataView, mime: string): Promise<{ width: number; height: number }> {
  const bitmap = await createImageBitmap(new Blob([data as DataView<ArrayBuffer>], { type: mime }));
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function handIn(element: HTMLElement, answer: unknown): void {
  const form: CrowdForm | null = element.ownerDocument.querySelector("crowd-form");
  const field = form?.querySelector<HTMLInputElement>('input[name="nblabel"]');
  if (!form || !field) throw new Error("this page has no crowd-form with a field named nblabel");
  if (typeof form.submit !== "function") throw new Error("the script of Amazon's form did not load; reload the page, your work is kept");
  field.value = JSON.stringify(answer);
  form.submit();
}

/** A short name of a text, for the browser's storage: two sums by Fowler, Noll and Vo (FNV-1a) of its units, and its length. */
function hashOf(text: string): string {
  const sum = (start: number): string => {
    let found = start;
    for (let place = 0; place < text.length; place += 1) found = Math.imul(found ^ text.charCodeAt(place), 0x01000193) >>> 0;
    return found.toString(36);
  };
  return `${text.length}-${sum(0x811c9dc5)}-${sum(0x01234567)}`;
}
