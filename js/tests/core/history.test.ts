import { describe, expect, it } from "vitest";
import { createHistory, type Own, type Step } from "../../src/core/history";
import type { Receipt } from "../../src/generated/schema";

const standing = { state: "draft" as const, edited: false };
const own = (id: string): Own<string> => ({
  kind: "change",
  change: `do ${id}`,
  inverse: `undo ${id}`,
  answers: [],
  before: standing,
  after: standing,
});
const step = (id: string): Step<string> => ({ ids: [id], batch: null, index: 0, own: own(id) });

function receipt(id: string, role: Receipt["role"], undoes: string | null = null, batch: string | null = null): Receipt {
  const operation = { id, item: 1, kind: "change" as const, change: null, undoes, seconds: 0, answers: [], reopens: [], batch, basis: null };
  const progress = { total: 1, submitted: 0, skipped: 0, ahead: 0 };
  return { operation, sequence: 1, role, index: 3, ...standing, progress, origin: null, next: null };
}

function stacks(...ids: string[]) {
  const history = createHistory<string>();
  for (const id of ids) history.push(step(id));
  const hear = (...given: Parameters<typeof receipt>) => history.hear(receipt(...given), new Set());
  return { history, hear, next: (forward = false) => history.next(forward)?.ids ?? null };
}

describe("history", () => {
  it("gives steps back newest first, and brings them back under their new ids", () => {
    const { history, next } = stacks("a", "b");
    expect(next()).toEqual(["b"]);
    history.took(false, "undo-b");
    history.took(false, "undo-a");
    expect([next(), next(true)]).toEqual([null, ["undo-a"]]);
    history.took(true, "redo-a");
    expect([next(), next(true)]).toEqual([["redo-a"], ["undo-b"]]);
    expect(history.next(false)?.own).toEqual(own("a"));
  });

  it("forgets what was taken back once something new is done, here or elsewhere", () => {
    for (const elsewhere of [false, true]) {
      const { history, hear, next } = stacks("a");
      history.took(false, "undo-a");
      if (elsewhere) hear("c", "do");
      else history.push(step("c"));
      expect([next(), next(true)]).toEqual([["c"], null]);
    }
  });

  it("drops what no longer fits", () => {
    const { history, next } = stacks("a", "b");
    history.took(false, null);
    expect([next(), next(true)]).toEqual([["a"], null]);
  });

  it("puts what is done elsewhere on top, but below what is not durable here", () => {
    const { history, next } = stacks("a", "b");
    history.hear(receipt("there", "do"), new Set(["b"]));
    expect(next()).toEqual(["b"]);
    history.took(false, "undo-b");
    expect(history.next(false)).toEqual({ ids: ["there"], batch: null, index: 3, own: null });
  });

  it("follows what is taken back and brought back elsewhere", () => {
    const { history, hear, next } = stacks("a", "b");
    hear("undo-b", "undo", "b");
    expect([next(), next(true)]).toEqual([["a"], ["undo-b"]]);
    expect(history.next(true)?.own).toEqual(own("b"));
    hear("redo-b", "redo", "undo-b");
    expect([next(), next(true)]).toEqual([["redo-b"], null]);
    hear("undo-x", "undo", "x"); // from before this page was loaded
    expect([next(), history.next(true)?.own]).toEqual([["redo-b"], null]);
  });

  it("takes a batch for one step", () => {
    const { hear, next } = stacks("a");
    hear("x", "do", null, "batch");
    hear("y", "do", null, "batch");
    expect(next()).toEqual(["x", "y"]);
    hear("undo-y", "undo", "y", "back");
    hear("undo-x", "undo", "x", "back");
    expect([next(), next(true)]).toEqual([["a"], ["undo-y", "undo-x"]]);
  });
});

describe("the history's memory", () => {
  it("leaves the oldest steps to the session when all of them are too large, but keeps the newest", () => {
    const history = createHistory<string>(() => 20e6);
    for (const id of ["a", "b", "c"]) history.push({ ids: [id], batch: null, index: 0, own: own(id) });
    expect(history.next(false)?.own).toEqual(own("c"));
    history.took(false, null);
    expect(history.next(false)).toEqual({ ids: ["b"], batch: null, index: 0, own: null });
  });
});
