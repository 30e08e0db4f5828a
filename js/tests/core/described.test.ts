import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { described } from "../../src/core/described";
import { moduleFor } from "../../src/core/module";
import type { Act, LoadedItem, Many } from "../../src/core/task";
import type { Attribute, Choice, ItemView, Receipt, TaskView } from "../../src/generated/schema";
import boundingBox from "../../src/tasks/bounding-box";
import imageClassification from "../../src/tasks/image-classification";

const attribute = (name: string, required = false): Attribute => ({
  name,
  type: "string",
  choices: [],
  minimum: null,
  maximum: null,
  required,
  labels: [],
  description: null,
});
const view = (settings: TaskView["settings"]): TaskView => ({
  type: "bounding-box",
  title: "",
  labels: [],
  instructions: "",
  details: [],
  examples: { good: 0, bad: 0 },
  settings,
  keys: {},
});
const box = (id: string) => ({ id, label: "cat", left: 1, top: 2, width: 30, height: 40, attributes: {} });
const weather = [attribute("weather", true), attribute("note")];
const boxes = described(boundingBox, weather);
const itemOf = (value: ReturnType<typeof boxes.parse>, id = 0) => ({
  view: { id, width: 640, height: 480 } as ItemView,
  media: null,
  value,
});

test("a module gets attributes where the view has them", () => {
  expect(moduleFor(boundingBox, view({ itemAttributes: weather })).fields).not.toBe(boundingBox.fields);
  expect(moduleFor(boundingBox, view({}))).toBe(boundingBox);
});

test("work and attributes change apart, and each change has a way back", () => {
  const before = boxes.parse({ work: [box("a")], attributes: { weather: "wet" } });
  const wetter = boxes.fields?.set(itemOf(before), null, "attribute note", "foggy", {});
  const noted = boxes.apply(before, wetter as never);
  expect(noted.value).toEqual({ work: [box("a")], attributes: { weather: "wet", note: "foggy" } });
  expect(noted.value.work).toBe(before.work);
  expect(boxes.apply(noted.value, noted.inverse).value).toEqual(before);

  const removed = boxes.apply(before, boxes.remove(before, ["a"]) as never);
  expect(removed.value).toEqual({ work: [], attributes: { weather: "wet" } });
  expect(boxes.apply(removed.value, removed.inverse).value).toEqual(before);
  expect(boxes.remove(before, ["z"])).toBeNull();
});

test("what is from before the job had attributes is the work alone", () => {
  expect(boxes.parse([box("a")])).toEqual({ work: [box("a")], attributes: {} });
  const change = { created: [box("b")], updated: [], deleted: [], at: [] };
  expect(boxes.parseChange(change)).toEqual({ work: change, attributes: null });
});

test("fields of the item stand beside those of a part", () => {
  const item = itemOf(boxes.parse({ work: [box("a")], attributes: { weather: "wet", old: 1 } }));
  expect(boxes.fields?.of(item, null, {}).map(({ title, value }) => [title, value])).toEqual([
    ["weather", "wet"],
    ["note", null],
    ["old", 1],
  ]);
  expect(boxes.fields?.of(item, "a", {}).map(({ name }) => name)).toEqual(["left", "top", "width", "height"]);
  expect(boxes.fields?.set(item, "a", "left", 5, {})).toMatchObject({ attributes: null, work: { updated: [{ left: 5 }] } });
  expect(boxes.fields?.set(item, null, "attribute weather", "wet", {})).toBeNull();
  expect(boxes.fields?.set(item, null, "attribute weather", null, {})).toEqual({ work: null, attributes: { old: 1 } });
});

test("a required attribute must be there, a class alone does not finish an item then", () => {
  expect(boxes.lacking?.(boxes.parse([]), view({}))).toBe("This item needs “weather”.");
  expect(boxes.lacking?.(boxes.parse({ work: [], attributes: { weather: "dry" } }), view({}))).toBeNull();
  expect(described(imageClassification, weather).choosing?.movesOn(view({}))).toBe(false);
  expect(described(imageClassification, [attribute("note")]).choosing?.movesOn(view({}))).toBe(true);
});

test("what is copied from a whole item brings its attributes to one that has none", () => {
  const before = boxes.parse({ work: [box("a"), box("b")], attributes: { weather: "wet" } });
  const put = (attributes: Record<string, string>) => boxes.copies?.put(itemOf(boxes.parse({ work: [], attributes })), before, false)?.change;
  expect(put({})?.attributes).toEqual({ weather: "wet" });
  expect(put({ weather: "dry" })?.attributes).toBeNull();
  const taken = boxes.copies?.take(before, ["a"]);
  expect(taken).toEqual({ work: [box("a")], attributes: {} });
});

test("suggestions are about the work, and an attribute written meanwhile answers none", () => {
  const value = boxes.parse({ work: [box("a")], attributes: { weather: "wet" } });
  const rules = boxes.suggestions;
  expect(rules?.include(value, [box("s")])).toEqual({ work: [box("a"), box("s")], attributes: { weather: "wet" } });
  expect(rules?.adopt({ work: null, attributes: { note: "x" } }, new Set(["s"]))).toEqual({
    change: { work: null, attributes: { note: "x" } },
    answers: [],
  });
  const deleted = boxes.remove(rules?.include(value, [box("s")]) as never, ["s"]);
  expect(rules?.adopt(deleted as never, new Set(["s"]))).toEqual({ change: null, answers: ["s"] });
});

test("verification shows attributes, which it does not change", () => {
  const judging = moduleFor(boundingBox, view({ verified: view({ itemAttributes: weather }) }));
  const value = judging.parse({ verdict: { label: null, comments: [] }, shown: { work: [box("a")], attributes: { weather: "wet" } } });
  const item = { view: {} as ItemView, media: null, value };
  const fields = judging.fields?.of(item, null, {}) ?? [];
  expect(fields.map(({ title, locked }) => [title, locked ?? false])).toEqual([
    ["Comment", false],
    ["weather", true],
    ["note", true],
  ]);
  expect(judging.fields?.set(item, null, "attribute weather", "dry", {})).toBeNull();
  expect(judging.entries(value)).toHaveLength(1);
});

test("the grid knows of classes alone, and submits what lacks nothing", async () => {
  type Whole = { work: Choice; attributes: Record<string, unknown> };
  const chosen = (labels: string[]): Choice => ({ labels, none: false });
  const whole = (id: number, attributes: Record<string, unknown>): LoadedItem<Whole, ImageBitmap> => ({
    view: { id } as ItemView,
    media: null,
    value: { work: chosen([]), attributes },
  });
  const acted: Act<Whole, { work: Choice | null; attributes: unknown }, ImageBitmap>[] = [];
  const heard = signal<Receipt | null>(null);
  const many = {
    possible: true,
    total: () => 2,
    current: () => 0,
    go: () => undefined,
    heard,
    look: async () => [whole(7, { weather: "wet" }), whole(8, {})],
    act: (acts: typeof acted) => {
      acted.push(...acts);
      return acts.map(({ item }) => item);
    },
  };
  let works: Many<Choice, Choice, ImageBitmap> | undefined;
  const spy = {
    ...imageClassification,
    mount(_: unknown, context: { many: typeof works }) {
      works = context.many;
    },
  };
  const kinds = described(spy as never, [attribute("weather", true)]);
  kinds.mount({} as HTMLElement, { item: signal(null), many } as never, new AbortController().signal);
  const found = (await works?.look([0, 1])) ?? [];
  expect(found.map(({ value }) => value)).toEqual([chosen([]), chosen([])]);
  works?.act(found.map((item) => ({ item, change: chosen(["cat"]), submit: true })));
  expect(acted.map(({ change, submit }) => [change, submit])).toEqual([
    [{ work: chosen(["cat"]), attributes: null }, true],
    [{ work: chosen(["cat"]), attributes: null }, false],
  ]);
  expect(acted.map(({ item }) => item.value.attributes)).toEqual([{ weather: "wet" }, {}]);
  heard.value = { operation: { item: 8, change: { work: null, attributes: { weather: "dry" } } } } as never;
  expect(works?.heard.value?.operation.change).toBeNull();
  works?.act([{ item: found[1] as never, change: null, submit: true }]);
  expect(acted.at(-1)?.submit).toBe(true);
});
