import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createKeeper, type Keeper } from "../../src/core/keeper";
import type { Operation } from "../../src/generated/schema";
import { type Memory, memory, useless } from "../support/storage";

const KEY = "nblabel:job";

function operation(id: string): Operation {
  return { id, item: 1, kind: "change", change: { created: [] }, undoes: null, seconds: 1.5, answers: [], reopens: [], batch: null, basis: null };
}

/** Gestures of a person: some time lies between them. */
function keep(keeper: Keeper, ...ids: string[]): void {
  for (const id of ids) {
    vi.advanceTimersByTime(1);
    keeper.keep(operation(id));
  }
}

const restored = (storage: Memory) =>
  createKeeper(storage, KEY)
    .restore()
    .map(({ id }) => id);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the copy in the browser", () => {
  it("has an entry for each operation, and is whole after a reload", () => {
    const storage = memory();
    keep(createKeeper(storage, KEY), "a", "b");
    expect(Object.keys(storage.content).sort()).toEqual([`${KEY}/a`, `${KEY}/b`]);
    expect(createKeeper(storage, KEY).restore()).toEqual([operation("a"), operation("b")]);
  });

  it("is given in the order in which the operations were made, whatever the order of the storage", () => {
    const storage = memory();
    keep(createKeeper(storage, KEY), "c", "a", "d", "b");
    expect(restored(storage)).toEqual(["c", "a", "d", "b"]);
  });

  it("goes on in that order after a reload", () => {
    const storage = memory();
    keep(createKeeper(storage, KEY), "c", "a");
    const after = createKeeper(storage, KEY);
    after.restore();
    keep(after, "b", "d");
    expect(restored(storage)).toEqual(["c", "a", "b", "d"]);
  });

  it("is taken away one by one, as operations are let go", () => {
    const storage = memory();
    const keeper = createKeeper(storage, KEY);
    keep(keeper, "a", "b", "c");
    keeper.release(operation("b"));
    expect(restored(storage)).toEqual(["a", "c"]);
    keeper.release(operation("a"));
    keeper.release(operation("c"));
    expect(storage.content).toEqual({});
  });

  it("is there once, however often an operation is kept or let go", () => {
    const storage = memory();
    const keeper = createKeeper(storage, KEY);
    keep(keeper, "a", "a");
    expect(restored(storage)).toEqual(["a"]);
    keeper.release(operation("a"));
    keeper.release(operation("a"));
    expect(restored(storage)).toEqual([]);
  });

  it.each([
    "",
    "not JSON",
    "null",
    "{}",
    "7",
    '"text"',
    "[null]",
    '[{"item": 3}]',
    '{"order": 1}',
    '{"order": 1, "operation": null}',
    '{"order": 1, "operation": {"id": 3}}',
    '{"order": "1", "operation": {"id": "x"}}',
    '{"operation": {"id": "x"}}',
  ])("may be broken in one entry, and is whole in the others: %j", (broken) => {
    const storage = memory({ [`${KEY}/x`]: broken });
    keep(createKeeper(storage, KEY), "a", "z");
    expect(restored(storage)).toEqual(["a", "z"]);
  });

  it("of another session is left alone", () => {
    const entry = JSON.stringify({ order: 1, operation: operation("x") });
    const others = { "nblabel:other/x": entry, "nblabel:job2/x": entry, "nblabel:job": entry, [`before ${KEY}/x`]: entry, "": entry };
    const storage = memory({ ...others });
    const keeper = createKeeper(storage, KEY);
    expect(keeper.restore()).toEqual([]);
    keep(keeper, "x");
    keeper.release(operation("x"));
    expect(storage.content).toEqual(others);
  });

  it("is not touched by another labeler of the same session", () => {
    const storage = memory();
    const one = createKeeper(storage, KEY);
    const other = createKeeper(storage, KEY);
    keep(one, "a");
    keep(other, "b");
    keep(one, "c");
    expect(restored(storage)).toEqual(["a", "b", "c"]);
    one.release(operation("a"));
    one.release(operation("c"));
    expect(restored(storage)).toEqual(["b"]);
  });

  it.each(useless)("may be impossible because the storage is %s, and nothing else is", (_, storage) => {
    const keeper = createKeeper(storage(), KEY);
    expect(keeper.restore()).toEqual([]);
    keep(keeper, "a");
    keeper.release(operation("a"));
    expect(keeper.restore()).toEqual([]);
  });

  it("keeps what it has when the storage becomes full", () => {
    const storage = memory();
    const keeper = createKeeper(storage, KEY);
    keep(keeper, "a", "b");
    vi.spyOn(storage, "setItem").mockImplementation(() => {
      throw new DOMException("QuotaExceededError");
    });
    keep(keeper, "c");
    expect(restored(storage)).toEqual(["a", "b"]);
    keeper.release(operation("a"));
    expect(restored(storage)).toEqual(["b"]);
  });
});
