import { describe, expect, it, vi } from "vitest";
import { badge, type KeyBinding, keyOf, withoutCollisions } from "../../src/core/keys";

const press = (key: string, modifiers: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) =>
  keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers });

describe("keyOf", () => {
  it.each([
    ["b", {}, "b"],
    ["B", { shiftKey: true }, "Shift+b"],
    ["B", {}, "b"], // Caps Lock
    ["é", {}, "é"],
    ["É", { shiftKey: true }, "Shift+é"],
    ["?", { shiftKey: true }, "?"],
    ["+", { shiftKey: true }, "+"],
    ["1", {}, "1"],
    [" ", {}, " "],
    ["ArrowUp", {}, "ArrowUp"],
    ["ArrowUp", { shiftKey: true }, "Shift+ArrowUp"],
    ["ArrowUp", { altKey: true, shiftKey: true }, "Alt+Shift+ArrowUp"],
    ["Enter", {}, "Enter"],
    ["z", { ctrlKey: true }, "Ctrl+z"],
    ["z", { metaKey: true }, "Ctrl+z"],
    ["Z", { ctrlKey: true, shiftKey: true }, "Ctrl+Shift+z"],
    ["z", { metaKey: true, shiftKey: true }, "Ctrl+Shift+z"], // on a Mac the letter stays small under Command
  ])("writes %j with %j as %j", (key, modifiers, expected) => {
    expect(press(key, modifiers)).toBe(expected);
  });
});

describe("withoutCollisions", () => {
  it("keeps the first binding of a key and the order of the others", () => {
    const binding = (key: string, title: string): KeyBinding => ({ key, title, group: "View", run: vi.fn() });
    const kept = withoutCollisions([binding("a", "one"), binding("b", "two"), binding("a", "three"), binding("c", "four")]);
    expect(kept.map(({ title }) => title)).toEqual(["one", "two", "four"]);
  });
});

describe("badge", () => {
  it.each([
    ["b", "B"],
    ["Enter", "↵"],
    ["Ctrl+z", "Ctrl Z"],
    ["Ctrl+Shift+z", "Ctrl Shift Z"],
    ["Alt+Shift+ArrowUp", "Alt Shift ↑"],
    ["+", "+"],
    ["?", "?"],
    [" ", "Space"],
    ["Delete", "Del"],
    ["Escape", "Esc"],
    ["PageDown", "PageDown"],
  ])("shows %j as %j", (key, expected) => {
    expect(badge(key)).toBe(expected);
  });
});
