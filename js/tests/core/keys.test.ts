import { describe, expect, it, vi } from "vitest";
import { badge, bind, type Command, keyOf, keysOf } from "../../src/core/keys";

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
    [" ", {}, "Space"],
    [" ", { ctrlKey: true, shiftKey: true }, "Ctrl+Shift+Space"],
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

describe("keysOf", () => {
  const event = (key: string, code: string, modifiers: Partial<KeyboardEventInit> = {}) =>
    keysOf({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers });

  it.each([
    ["b", "KeyB", {}, ["b"]],
    ["и", "KeyB", {}, ["и", "b"]], // Russian
    ["&", "Digit1", {}, ["&", "1"]], // French
    ["!", "Digit1", { shiftKey: true }, ["!", "Shift+1"]],
    ["ArrowUp", "ArrowUp", { shiftKey: true }, ["Shift+ArrowUp"]],
    ["Я", "KeyZ", { shiftKey: true, ctrlKey: true }, ["Ctrl+Shift+я", "Ctrl+Shift+z"]],
  ])("takes %j of the key %s with %j for %j", (key, code, modifiers, expected) => {
    expect(event(key, code, modifiers)).toEqual(expected);
  });
});

describe("bind", () => {
  it("gives commands their keys, in the commands' order, and leaves out those that have none", () => {
    const command = (action: string): Command => ({ action, title: action, group: "View", run: vi.fn() });
    const bound = bind([command("fit"), command("help"), command("skip")], { skip: ["s"], fit: ["f", "0"], next: ["d"] });
    expect(bound.map(({ action, key }) => [action, key])).toEqual([
      ["fit", "f"],
      ["fit", "0"],
      ["skip", "s"],
    ]);
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
    ["Ctrl+Space", "Ctrl Space"],
    ["Ctrl++", "Ctrl +"],
    ["Delete", "Del"],
    ["Escape", "Esc"],
    ["PageDown", "PageDown"],
  ])("shows %j as %j", (key, expected) => {
    expect(badge(key)).toBe(expected);
  });
});
