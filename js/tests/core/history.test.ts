import { describe, expect, it } from "vitest";
import { createHistory, type Step } from "../../src/core/history";

const step = (id: string): Step<string> => ({ id, index: 0, change: `do ${id}`, inverse: `undo ${id}`, answers: [] });

describe("history", () => {
  it("gives steps back newest first", () => {
    const history = createHistory<string>();
    history.push(step("a"));
    history.push(step("b"));
    expect(history.takeUndo()?.id).toBe("b");
    expect(history.takeUndo()?.id).toBe("a");
    expect(history.takeUndo()).toBeNull();
  });

  it("redoes what was undone, the last undone first, under the new ids", () => {
    const history = createHistory<string>();
    history.push(step("a"));
    history.push(step("b"));
    for (const name of ["b", "a"]) {
      const taken = history.takeUndo();
      expect(taken?.id).toBe(name);
      if (taken) history.undone({ ...taken, id: `undo-${name}` });
    }
    const redone = history.takeRedo();
    expect(redone).toEqual({ ...step("a"), id: "undo-a" });
    if (redone) history.redone({ ...redone, id: "redo-a" });
    expect(history.takeUndo()?.id).toBe("redo-a");
    expect(history.takeRedo()?.id).toBe("undo-b");
    expect(history.takeRedo()).toBeNull();
  });

  it("forgets what was undone once something new is done", () => {
    const history = createHistory<string>();
    history.push(step("a"));
    history.undone(step("b"));
    history.push(step("c"));
    expect(history.takeRedo()).toBeNull();
    expect(history.takeUndo()?.id).toBe("c");
  });

  it("keeps the rest of what was undone while redoing", () => {
    const history = createHistory<string>();
    history.undone(step("a"));
    history.undone(step("b"));
    history.redone(step("b"));
    expect(history.canRedo.value).toBe(true);
  });

  it("tells whether there is something to take", () => {
    const history = createHistory<string>();
    expect([history.canUndo.value, history.canRedo.value]).toEqual([false, false]);
    history.push(step("a"));
    expect([history.canUndo.value, history.canRedo.value]).toEqual([true, false]);
    const taken = history.takeUndo();
    if (taken) history.undone(taken);
    expect([history.canUndo.value, history.canRedo.value]).toEqual([false, true]);
  });
});
