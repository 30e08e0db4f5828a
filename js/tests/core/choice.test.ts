import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { choiceTask } from "../../src/core/choice";
import type { Choice, TaskView } from "../../src/generated/schema";
import { taskView } from "../support/session";

interface Case {
  readonly name: string;
  readonly settings: TaskView["settings"];
  readonly value: Choice;
  readonly choose: string;
  readonly change: Choice | null;
}

const cases: Case[] = JSON.parse(readFileSync(join(import.meta.dirname, "../../../tests/fixtures/image-classification/choices.json"), "utf8"));

describe("choosing a class", () => {
  it.each(cases)("$name", ({ settings, value, choose, change }) => {
    const view = { ...taskView(), settings };
    expect(choiceTask.choosing.choose(value, choose, view)).toEqual(change);
    if (!change) return;
    expect(choiceTask.apply(value, change)).toEqual({ value: change, inverse: value });
    expect(choiceTask.lacking?.(change, view) === null).toBe(change.none || change.labels.length > 0);
  });
});
