import { expect, test } from "vitest";
import { moduleFor } from "../../src/core/module";
import type { TaskView, Verdict } from "../../src/generated/schema";
import boundingBox from "../../src/tasks/bounding-box";

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
const box = { id: "a", label: "cat", left: 1, top: 2, width: 3, height: 4, attributes: {} };
const judged = (verdict: Verdict) => ({ verdict, shown: [box] });

test("a module of its own stays what it is", () => {
  expect(moduleFor(boundingBox, view({}))).toBe(boundingBox);
});

test("a verdict takes the place of the one before and leaves the label alone", () => {
  const task = moduleFor(boundingBox, view({ verified: view({}) }));
  const before = task.parse(judged({ label: null, comments: [] }));
  expect(task.lacking?.(before, view({}))).toBe("Choose a class first.");
  const { value, inverse } = task.apply(before, task.choosing?.choose(before, "Correct", view({})));
  expect(value).toEqual(judged({ label: "Correct", comments: [] }));
  expect(task.lacking?.(value, view({}))).toBeNull();
  expect(task.choosing?.choose(value, "Correct", view({}))).toBeNull();
  expect(task.apply(value, inverse).value).toEqual(before);
  expect(task.entries(value).map(({ label }) => label)).toEqual(["cat"]);
  expect(task.remove(value, ["a"])).toBeNull();
});

test("a comment takes the place of the first one", () => {
  const task = moduleFor(boundingBox, view({ verified: view({}) }));
  const set = (comments: string[], to: string | null) => {
    const item = { view: {} as never, media: null, value: task.parse(judged({ label: "Incorrect", comments })) };
    return (task.fields?.set(item, null, "comment", to, {}) as Verdict | null)?.comments ?? null;
  };
  expect(set([], "Too wide.")).toEqual(["Too wide."]);
  expect(set(["Too wide.", "No cat."], "Too tall.")).toEqual(["Too tall.", "No cat."]);
  expect(set(["Too wide.", "No cat."], null)).toEqual(["No cat."]);
  expect(set(["Too wide."], "Too wide.")).toBeNull();
});

test("an item without the label has nothing to show", () => {
  const task = moduleFor(boundingBox, view({ verified: view({}) }));
  expect(task.entries(task.parse({ verdict: { label: null, comments: [] }, shown: null }))).toEqual([]);
});
