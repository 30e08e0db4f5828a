import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Markup } from "../../src/generated/schema";
import { page } from "../../src/hosts/page";
import boundingBox from "../../src/tasks/bounding-box";
import { installBrowser, type Painted, removeBrowser, STAGE } from "../support/browser";
import { box, FakeSession, label, taskView } from "../support/session";
import { type Inspected, inspect } from "../support/shell";
import { settle } from "../support/time";

let session: FakeSession;
let painted: Painted;
let observed: Set<Element>;
let element: HTMLElement;
let unmount: () => void;

async function show(task = taskView()): Promise<Inspected> {
  element = document.createElement("div");
  document.body.append(element);
  unmount = page(boundingBox)(element, { ...session.opening(), task }, session.connect());
  await settle();
  return inspect(element);
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  ({ painted, observed } = installBrowser());
  session = new FakeSession();
  unmount = () => undefined;
});
afterEach(() => {
  unmount();
  vi.useRealTimers();
  removeBrowser();
});

const number = (shell: Inspected, name: string) => Number(shell.stage.dataset[name]);
/** Whether the rows of the list are chosen. */
const rows = (shell: Inspected) => [...shell.shadow.querySelectorAll(".entry .pick")].map((row) => row.getAttribute("aria-pressed"));
const place = (shell: Inspected) => shell.get(".place").textContent;

const text = (content: string): Markup => ({ tag: "text", text: content, href: null, children: [] });
const node = (tag: string, ...children: Markup[]): Markup => ({ tag, text: "", href: null, children });
const INSTRUCTIONS = 'button[aria-label="Read the instructions"]';
const HELP = '[data-nblabel="help"]';

describe("the hooks of a page", () => {
  it("exist in an open shadow root", async () => {
    const shell = await show();
    expect(shell.shadow.mode).toBe("open");
    for (const name of ["labeler", "stage", "status"]) expect(shell.has(`[data-nblabel="${name}"]`), name).toBe(true);
    for (const action of ["submit", "skip", "next", "previous", "undo", "redo", "fit", "help"]) {
      expect(shell.has(`button[data-nblabel-action="${action}"]`), action).toBe(true);
    }
    for (const tool of ["box", "select"]) expect(shell.has(`button[data-nblabel-tool="${tool}"]`), tool).toBe(true);
    for (const name of ["cat", "dog"]) expect(shell.has(`button[data-nblabel-label="${name}"]`), name).toBe(true);
  });

  it("keep Jupyter's single-key shortcuts away", async () => {
    const shell = await show();
    expect(shell.host.hasAttribute("data-lm-suppress-shortcuts")).toBe(true);
    shell.stage.focus();
    expect(document.activeElement).toBe(shell.host);
  });

  it("tell where the stage looks", async () => {
    const shell = await show();
    expect(shell.stage.dataset).toMatchObject({ x: "-53", y: "-43", zoom: "4" });
  });

  it("are all gone after unmounting, with their listeners and observers", async () => {
    const shell = await show();
    expect(observed.size).toBe(1);
    unmount();
    expect(element.childNodes).toHaveLength(0);
    expect(shell.has('[data-nblabel="labeler"] *')).toBe(false);
    expect(observed.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    shell.pointer("pointerdown", 10, 10);
    await shell.press("s");
    session.remote(0, { created: [box("late")] });
    await settle();
    expect(session.asked("commit")).toEqual([]);
    expect(painted.texts()).not.toContain("late");
    unmount = () => undefined;
  });
});

describe("unmounting", () => {
  it("paints nothing any more, though a frame was asked for", async () => {
    const shell = await show();
    shell.get('[data-nblabel-action="zoom-in"]').click();
    const before = painted.calls.length;
    unmount();
    unmount = () => undefined;
    await settle();
    expect(painted.calls).toHaveLength(before);
  });
});

describe("text of others", () => {
  const name = '<img src=x onerror="alert(1)"><b>bold</b>';

  it("stays text: names of labels, items, instructions, messages", async () => {
    const task = {
      ...taskView([{ ...label(name, "1"), description: name }, label("dog", "2")]),
      instructions: name,
      details: [text(name)],
      title: name,
    };
    Object.assign(session.item(0), { name, value: [box("a", 10, 10, 20, 20, name)] });
    const shell = await show(task);
    session.tell("notice", { level: "info", message: name });
    await shell.press("?");
    expect(shell.texts(".palette .text")).toEqual([name, "dog"]);
    expect(shell.texts(".entries .text")).toEqual([name]);
    expect(shell.get(".name").textContent).toBe(name);
    expect(shell.get(".instructions").textContent).toContain(name);
    expect(shell.get('[data-nblabel="notice"]').textContent).toContain(name);
    expect(shell.get('[data-nblabel="help"]').textContent).toContain(name);
    await shell.press("Escape");
    await shell.click(INSTRUCTIONS);
    expect(shell.get('[data-nblabel="instructions"] .written').textContent).toBe(name);
    expect(shell.shadow.querySelectorAll("img, script, .text b, .written b")).toHaveLength(0);
    expect(painted.texts().filter((text) => text.startsWith(name.slice(0, 20)))).not.toHaveLength(0);
  });

  it("shows a class that the task does not have", async () => {
    session.item(0).value = [box("a", 10, 10, 20, 20, "old")];
    const shell = await show();
    expect(shell.texts(".entries .text")).toEqual(["old (unknown)"]);
  });
});

describe("the buttons", () => {
  it("submit, skip, go on and go back", async () => {
    const shell = await show();
    await shell.click('[data-nblabel-action="submit"]');
    expect(session.item(0).state).toBe("submitted");
    expect(place(shell)).toBe("2 / 4");
    await shell.click('[data-nblabel-action="skip"]');
    expect(session.item(1).state).toBe("skipped");
    expect(place(shell)).toBe("3 / 4");
    await shell.click('[data-nblabel-action="next"]');
    expect(place(shell)).toBe("4 / 4");
    await shell.click('[data-nblabel-action="previous"]');
    await shell.click('[data-nblabel-action="previous"]');
    expect(place(shell)).toBe("2 / 4");
    expect(shell.texts(".chip")).toEqual(["Skipped"]);
    expect(shell.get(".progress").getAttribute("aria-label")).toBe("1 of 4 submitted, 1 skipped");
  });

  it("undo and redo", async () => {
    const shell = await show();
    await shell.drag([10, 10], [40, 50]);
    expect(session.ids(0)).toHaveLength(1);
    await shell.click('[data-nblabel-action="undo"]');
    expect(session.ids(0)).toHaveLength(0);
    await shell.click('[data-nblabel-action="redo"]');
    expect(session.ids(0)).toHaveLength(1);
  });

  it("choose tools and labels", async () => {
    const shell = await show();
    const pressed = (selector: string) => shell.get(selector).getAttribute("aria-pressed");
    expect([pressed('[data-nblabel-tool="box"]'), pressed('[data-nblabel-tool="select"]')]).toEqual(["true", "false"]);
    await shell.click('[data-nblabel-tool="select"]');
    expect([pressed('[data-nblabel-tool="box"]'), pressed('[data-nblabel-tool="select"]')]).toEqual(["false", "true"]);
    await shell.click('[data-nblabel-label="dog"]');
    expect([pressed('[data-nblabel-label="cat"]'), pressed('[data-nblabel-label="dog"]')]).toEqual(["false", "true"]);
    await shell.click('[data-nblabel-tool="box"]');
    await shell.drag([10, 10], [40, 50]);
    expect(session.item(0).value[0]).toMatchObject({ label: "dog" });
  });

  it("zoom, and fit again", async () => {
    const shell = await show();
    await shell.click('[data-nblabel-action="zoom-in"]');
    expect(number(shell, "zoom")).toBeCloseTo(5.2);
    await shell.click('[data-nblabel-action="zoom-out"]');
    await shell.click('[data-nblabel-action="zoom-out"]');
    expect(number(shell, "zoom")).toBeCloseTo(4 / 1.3);
    expect(shell.get(".zoom").textContent).toBe("308%");
    await shell.click('[data-nblabel-action="fit"]');
    expect(shell.stage.dataset).toMatchObject({ x: "-53", y: "-43", zoom: "4" });
  });

  it("open and close the list of keys", async () => {
    const shell = await show();
    await shell.click('[data-nblabel-action="help"]');
    expect(shell.texts('[data-nblabel="help"] caption')).toEqual(expect.arrayContaining(["Labels", "Tools", "Items", "Edit", "View"]));
    await shell.click('[data-nblabel-action="help"]');
    expect(shell.has('[data-nblabel="help"]')).toBe(false);
  });

  it("select and delete a row of the list", async () => {
    session.item(0).value = [box("a"), box("b", 50, 40)];
    const shell = await show();
    await shell.click(".entry:nth-child(2) .pick");
    expect(rows(shell)).toEqual(["false", "true"]);
    await shell.click(".entry:nth-child(1) [data-nblabel-mark='remove']");
    expect(session.ids(0)).toEqual(["b"]);
  });
});

describe("the keys", () => {
  it("act, and nothing of them reaches the page around", async () => {
    const shell = await show();
    const leaked = vi.fn();
    element.addEventListener("keydown", leaked);
    const events = [];
    for (const key of ["2", "v", "b", "n", "f", "+", "-", "ArrowLeft", "d", "a", "Enter", "s", "PageUp"]) events.push(await shell.press(key));
    events.push(await shell.press("z", { ctrlKey: true }), await shell.press("Z", { metaKey: true, shiftKey: true }));
    expect(leaked).not.toHaveBeenCalled();
    expect(events.every(({ defaultPrevented }) => defaultPrevented)).toBe(true);
    await shell.press("F5");
    expect(leaked).toHaveBeenCalledTimes(1);
  });

  it("choose labels and tools, submit, skip and move", async () => {
    const shell = await show();
    await shell.press("2");
    expect(shell.get('[data-nblabel-label="dog"]').getAttribute("aria-pressed")).toBe("true");
    await shell.press("v");
    expect(shell.get('[data-nblabel-tool="select"]').getAttribute("aria-pressed")).toBe("true");
    await shell.press("Enter");
    expect(session.item(0).state).toBe("submitted");
    await shell.press("s");
    expect(session.item(1).state).toBe("skipped");
    await shell.press("a");
    expect(place(shell)).toBe("2 / 4");
    await shell.press("d");
    expect(place(shell)).toBe("3 / 4");
  });

  it("are on the buttons: the first of each, if there are several", async () => {
    const shell = await show();
    expect(shell.get('[data-nblabel-action="next"]').title).toBe("Next item (D)");
    expect(shell.get('[data-nblabel-action="redo"]').title).toBe("Redo (Ctrl Shift Z)");
    expect(shell.badge('[data-nblabel-action="skip"]')).toBe("S");
    expect(shell.badge('[data-nblabel-label="cat"]')).toBe("1");
  });

  it("draw, move, resize, relabel and delete a box without a mouse", async () => {
    const shell = await show();
    await shell.press("n");
    const drawn = () => session.item(0).value.map(({ label: name, left, top, width, height }) => [name, left, top, width, height]);
    expect(drawn()).toEqual([["cat", 38, 30, 25, 20]]);
    await shell.press("ArrowRight");
    await shell.press("ArrowDown", { shiftKey: true });
    expect(drawn()).toEqual([["cat", 39, 40, 25, 20]]);
    await shell.press("ArrowLeft", { altKey: true });
    await shell.press("ArrowDown", { altKey: true, shiftKey: true });
    expect(drawn()).toEqual([["cat", 39, 40, 24, 30]]);
    await shell.press("2");
    expect(drawn()).toEqual([["dog", 39, 40, 24, 30]]);
    await shell.press("Delete");
    expect(drawn()).toEqual([]);
    for (let count = 0; count < 7; count += 1) await shell.press("z", { metaKey: true });
    expect(drawn()).toEqual([]);
    await shell.press("z", { ctrlKey: true, shiftKey: true });
    expect(drawn()).toEqual([["cat", 38, 30, 25, 20]]);
  });

  it("go from box to box, both ways round", async () => {
    session.item(0).value = [box("a"), box("b", 40), box("c", 70)];
    const shell = await show();
    const seen = [];
    for (const key of [".", ".", ".", ".", ",", ","]) {
      await shell.press(key);
      seen.push(rows(shell).indexOf("true"));
    }
    expect(seen).toEqual([0, 1, 2, 0, 2, 1]);
  });

  it("finish a box that was begun by a click before they submit", async () => {
    const shell = await show();
    shell.pointer("pointerdown", 10, 10);
    shell.pointer("pointerup", 10, 10);
    shell.pointer("pointermove", 40, 50);
    await shell.press("Enter");
    expect(session.item(0).value).toMatchObject([{ left: 10, top: 10, width: 30, height: 40 }]);
    expect(session.item(0).state).toBe("draft");
    await shell.press("Enter");
    expect(session.item(0).state).toBe("submitted");
  });

  it("leave step by step by Esc: help, a box half drawn, the selection, the labeler", async () => {
    session.item(0).value = [box("a", 60, 50)];
    const shell = await show();
    shell.stage.focus();
    await shell.press(".");
    shell.pointer("pointerdown", 5, 5);
    shell.pointer("pointermove", 30, 30);
    await shell.press("?");
    expect(shell.has('[data-nblabel="help"]')).toBe(true);
    await shell.press("Escape");
    expect(shell.has('[data-nblabel="help"]')).toBe(false);
    await shell.press("Escape");
    shell.pointer("pointerup", 30, 30);
    expect(session.ids(0)).toEqual(["a"]);
    expect(rows(shell)).toEqual(["true"]);
    await shell.press("Escape");
    expect(rows(shell)).toEqual(["false"]);
    expect(shell.shadow.activeElement).toBe(shell.stage);
    await shell.press("Escape");
    expect(shell.shadow.activeElement).toBeNull();
  });

  it("leave Enter and Space to a button that has the focus", async () => {
    const shell = await show();
    const event = await shell.press("Enter", {}, shell.get('[data-nblabel-action="fit"]'));
    expect(event.defaultPrevented).toBe(false);
    expect(session.item(0).state).toBe("unlabeled");
    await shell.press("s", {}, shell.get('[data-nblabel-action="fit"]'));
    expect(session.item(0).state).toBe("skipped");
  });

  it("wait while a word is being composed", async () => {
    const shell = await show();
    await shell.press("s", { isComposing: true });
    expect(session.item(0).state).toBe("unlabeled");
  });

  it("belong to the label where a label takes one, and the badge says so", async () => {
    const shell = await show(taskView([label("sheep", "s"), label("duck", "D"), label("no key")]));
    expect(shell.badge('[data-nblabel-label="sheep"]')).toBe("S");
    expect(shell.badge('[data-nblabel-action="skip"]')).toBeNull();
    expect(shell.get('[data-nblabel-action="next"]').title).toBe("Next item (PageDown)");
    expect(shell.badge('[data-nblabel-label="no key"]')).toBeNull();
    expect(shell.badge('[data-nblabel-action="submit"]')).toBe("↵");
    expect(shell.badge('[data-nblabel-tool="box"]')).toBe("B");
    await shell.press("d");
    expect(place(shell)).toBe("1 / 4"); // "Duck" has it
    await shell.press("s");
    expect(session.item(0).state).toBe("unlabeled");
    expect(shell.get('[data-nblabel-label="sheep"]').getAttribute("aria-pressed")).toBe("true");
    await shell.press("d");
    expect(shell.get('[data-nblabel-label="duck"]').getAttribute("aria-pressed")).toBe("true");
    expect(place(shell)).toBe("1 / 4");
  });
});

describe("a dialog", () => {
  const details = () => ({ ...taskView(), details: [node("p", text("Draw tightly.")), node("p", text("Tails count."))] });

  it("takes the focus and gives it back", async () => {
    const shell = await show();
    shell.stage.focus();
    await shell.press("?");
    expect(shell.get(HELP).getAttribute("aria-modal")).toBe("true");
    expect(shell.get(HELP).getAttribute("role")).toBe("dialog");
    expect(shell.shadow.activeElement).toBe(shell.get(HELP));
    await shell.press("Escape", {}, shell.get(HELP));
    expect(shell.has(HELP)).toBe(false);
    expect(shell.shadow.activeElement).toBe(shell.stage);
    const button = shell.get('[data-nblabel-action="help"]');
    button.focus();
    await shell.click('[data-nblabel-action="help"]');
    expect(shell.shadow.activeElement).toBe(shell.get(HELP));
    await shell.click(`${HELP} button[aria-label="Close"]`);
    expect(shell.shadow.activeElement).toBe(button);
  });

  it("lets no key act but those that close it, and none reach the page around", async () => {
    const shell = await show();
    const leaked = vi.fn();
    element.addEventListener("keydown", leaked);
    await shell.press("?");
    const target = shell.get(HELP);
    for (const key of ["2", "v", "n", "+", "d", "PageDown", "Enter", "s", "Delete", "ArrowDown", "j", "F5"]) await shell.press(key, {}, target);
    await shell.press("z", { ctrlKey: true }, target);
    expect(leaked).not.toHaveBeenCalled();
    expect(session.requests.filter(({ method }) => !["open", "listen"].includes(method))).toEqual([]);
    expect(shell.get('[data-nblabel-label="cat"]').getAttribute("aria-pressed")).toBe("true");
    expect(shell.get('[data-nblabel-tool="box"]').getAttribute("aria-pressed")).toBe("true");
    expect(number(shell, "zoom")).toBe(4);
    await shell.press("?", {}, target);
    expect(shell.has(HELP)).toBe(false);
    await shell.press("s");
    expect(session.item(0).state).toBe("skipped");
  });

  it("keeps Tab inside, both ways round", async () => {
    const shell = await show();
    await shell.press("?");
    const stops = ["button", ".scroll"].map((selector) => shell.get(`${HELP} ${selector}`));
    for (const [shiftKey, expected] of [
      [false, stops[0]],
      [false, stops[1]],
      [false, stops[0]],
      [true, stops[1]],
      [true, stops[0]],
    ] as const) {
      const event = await shell.press("Tab", { shiftKey }, shell.shadow.activeElement as HTMLElement);
      expect(event.defaultPrevented).toBe(true);
      expect(shell.shadow.activeElement).toBe(expected);
    }
  });

  it("keeps Space from the stage under it", async () => {
    const shell = await show();
    const stage = shell.get('[data-nblabel="stage"]');
    await shell.press(" ", {}, stage);
    expect(stage.style.cursor).toBe("grab");
    stage.dispatchEvent(new Event("blur"));
    stage.style.cursor = "";
    await shell.press("?");
    await shell.press(" ", {}, stage);
    expect(stage.style.cursor).toBe("");
  });

  it("leaves the browser its own keys: buttons are pressed, texts scroll", async () => {
    const shell = await show();
    await shell.press("?");
    const events = [];
    for (const key of ["Enter", " ", "PageDown", "ArrowDown"]) events.push(await shell.press(key, {}, shell.get(`${HELP} button`)));
    expect(events.some(({ defaultPrevented }) => defaultPrevented)).toBe(false);
  });

  it("shows the instructions, if there are any", async () => {
    const shell = await show(details());
    expect(shell.get(INSTRUCTIONS).textContent).toBe("Instructions");
    shell.get(INSTRUCTIONS).focus();
    await shell.click(INSTRUCTIONS);
    const dialog = shell.get('[data-nblabel="instructions"]');
    expect(dialog.getAttribute("aria-modal")).toBe("true");
    expect(dialog.querySelector(".written")?.textContent).toBe("Draw tightly.Tails count.");
    expect(shell.shadow.activeElement).toBe(dialog);
    await shell.press("s", {}, dialog);
    expect(session.item(0).state).toBe("unlabeled");
    await shell.press("Escape", {}, dialog);
    expect(shell.has('[data-nblabel="instructions"]')).toBe(false);
    expect(shell.shadow.activeElement).toBe(shell.get(INSTRUCTIONS));
  });

  it("of instructions is not offered where there are none", async () => {
    expect((await show()).has(INSTRUCTIONS)).toBe(false);
  });

  it("is alone: the keys take the place of the instructions", async () => {
    const shell = await show(details());
    const button = shell.get(INSTRUCTIONS);
    button.focus();
    await shell.click(INSTRUCTIONS);
    await shell.press("?", {}, shell.get('[data-nblabel="instructions"]'));
    expect(shell.has('[data-nblabel="instructions"]')).toBe(false);
    expect(shell.shadow.activeElement).toBe(shell.get(HELP));
    await shell.press("Escape", {}, shell.get(HELP));
    expect(shell.shadow.activeElement).toBe(button);
  });
});

describe("the focus", () => {
  const hover = (shell: Inspected, init: PointerEventInit = { movementX: 1 }) => shell.pointer("pointermove", 50, 40, init);
  const leave = (shell: Inspected) => shell.get('[data-nblabel="labeler"]').dispatchEvent(new PointerEvent("pointerleave", { bubbles: false }));

  function outside<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
    const found = document.createElement(name);
    found.tabIndex = 0;
    document.body.append(found);
    found.focus();
    expect(document.activeElement).toBe(found);
    return found;
  }

  it("follows the pointer, and goes back when that has only passed", async () => {
    const shell = await show();
    const cell = outside("div");
    hover(shell);
    expect(shell.shadow.activeElement).toBe(shell.stage);
    hover(shell, { movementY: 1 });
    leave(shell);
    expect(document.activeElement).toBe(cell);
    hover(shell);
    expect(shell.shadow.activeElement).toBe(shell.stage);
  });

  it("does not follow a page that moves under a pointer at rest", async () => {
    const shell = await show();
    const cell = outside("div");
    hover(shell, { movementX: 0, movementY: 0 });
    expect(document.activeElement).toBe(cell);
  });

  it("stays in the labeler after a click there", async () => {
    const shell = await show();
    outside("div");
    hover(shell);
    shell.pointer("pointerdown", 50, 40);
    shell.pointer("pointerup", 50, 40);
    leave(shell);
    expect(shell.shadow.activeElement).toBe(shell.stage);
  });

  it("stays in the labeler after a key there", async () => {
    const shell = await show();
    outside("div");
    hover(shell);
    await shell.press("2");
    leave(shell);
    expect(shell.shadow.activeElement).toBe(shell.stage);
  });

  it("stays with what has it inside the labeler", async () => {
    const shell = await show();
    const button = shell.get('[data-nblabel-action="skip"]');
    button.focus();
    hover(shell);
    expect(shell.shadow.activeElement).toBe(button);
    leave(shell);
    expect(shell.shadow.activeElement).toBe(button);
  });

  it.each(["input", "textarea", "select"] as const)("stays with a person who writes: %s", async (name) => {
    const shell = await show();
    const field = outside(name);
    hover(shell);
    expect(document.activeElement).toBe(field);
    leave(shell);
    expect(document.activeElement).toBe(field);
  });

  it("stays with a person who writes in an editor, in a shadow root too", async () => {
    const shell = await show();
    const editor = outside("div");
    Object.assign(editor, { isContentEditable: true }); // jsdom does not know it
    hover(shell);
    expect(document.activeElement).toBe(editor);
    const around = document.createElement("div");
    document.body.append(around);
    const inner = document.createElement("input");
    around.attachShadow({ mode: "open" }).append(inner);
    inner.focus();
    hover(shell);
    expect(around.shadowRoot?.activeElement).toBe(inner);
  });

  it("is left alone after unmounting", async () => {
    const shell = await show();
    const root = shell.get('[data-nblabel="labeler"]');
    unmount();
    unmount = () => undefined;
    element.append(shell.host);
    const cell = outside("div");
    root.dispatchEvent(new PointerEvent("pointermove", { movementX: 1 }));
    expect(document.activeElement).toBe(cell);
  });
});

describe("the theme", () => {
  const scheme = (shell: Inspected) => shell.host.style.colorScheme;
  afterEach(() => {
    for (const name of ["jpThemeLight", "vscodeThemeKind"]) delete document.body.dataset[name];
    document.body.removeAttribute("class");
  });

  it.each([
    ["jpThemeLight", "true", "light"],
    ["jpThemeLight", "false", "dark"],
    ["vscodeThemeKind", "vscode-light", "light"],
    ["vscodeThemeKind", "vscode-dark", "dark"],
    ["vscodeThemeKind", "vscode-high-contrast", "dark"],
    ["vscodeThemeKind", "vscode-high-contrast-light", "light"],
  ])("is what the page says of it, whatever the ground: %s %s", async (name, value, expected) => {
    document.body.dataset[name] = value;
    vi.spyOn(globalThis, "getComputedStyle").mockReturnValue({
      backgroundColor: expected === "dark" ? "rgb(255, 255, 255)" : "rgb(0, 0, 0)",
    } as CSSStyleDeclaration);
    expect(scheme(await show())).toBe(expected);
  });

  it("is that of the ground where the page says nothing, and follows the page", async () => {
    const ground = vi.spyOn(globalThis, "getComputedStyle").mockReturnValue({ backgroundColor: "rgb(20, 20, 20)" } as CSSStyleDeclaration);
    const shell = await show();
    expect(scheme(shell)).toBe("dark");
    ground.mockReturnValue({ backgroundColor: "rgb(250, 250, 250)" } as CSSStyleDeclaration);
    document.body.className = "changed";
    await settle();
    expect(scheme(shell)).toBe("light");
    document.body.dataset["jpThemeLight"] = "false";
    await settle();
    expect(scheme(shell)).toBe("dark");
  });
});

describe("the stage", () => {
  it("draws by a drag, in pixels of the image", async () => {
    const shell = await show();
    await shell.drag([10, 20], [40, 60]);
    expect(session.item(0).value).toMatchObject([{ label: "cat", left: 10, top: 20, width: 30, height: 40 }]);
    expect(painted.texts()).toContain("cat");
    expect(shell.texts(".entries .detail")).toEqual(["30 × 40"]);
  });

  it("moves the image by the middle button and by Space, and draws nothing", async () => {
    const shell = await show();
    await shell.drag([10, 20], [15, 25], { button: 1 });
    expect([number(shell, "x"), number(shell, "y")]).toEqual([-58, -48]);
    await shell.press(" ");
    await shell.drag([10, 20], [5, 15]);
    expect([number(shell, "x"), number(shell, "y")]).toEqual([-53, -43]);
    expect(session.asked("commit")).toEqual([]);
    shell.stage.dispatchEvent(new KeyboardEvent("keyup", { key: " ", bubbles: true }));
    await shell.drag([10, 20], [40, 60]);
    expect(session.asked("commit")).toHaveLength(1);
  });

  it("moves the image by the select tool beside all boxes", async () => {
    const shell = await show();
    await shell.press("v");
    await shell.drag([10, 20], [15, 20]);
    expect(number(shell, "x")).toBe(-58);
  });

  function wheel(shell: Inspected, init: WheelEventInit = {}, later = 0): boolean {
    const event = new WheelEvent("wheel", { deltaY: -400, clientX: 212, clientY: 172, bubbles: true, cancelable: true, ...init });
    Object.defineProperty(event, "timeStamp", { value: event.timeStamp + later });
    shell.stage.dispatchEvent(event);
    return event.defaultPrevented;
  }

  it("zooms by the wheel after a recent movement of the pointer only, wherever the focus is", async () => {
    const shell = await show();
    shell.stage.focus();
    expect(wheel(shell)).toBe(false);
    shell.pointer("pointermove", 20, 20); // the page moved under it
    expect(wheel(shell)).toBe(false);
    expect(number(shell, "zoom")).toBe(4);
    shell.pointer("pointermove", 20, 20, { movementX: 1 });
    expect(wheel(shell, {}, 1_200)).toBe(true);
    expect(wheel(shell, {}, 2_400)).toBe(true); // goes on turning
    expect(wheel(shell, {}, 4_500)).toBe(false);
    const zoom = number(shell, "zoom");
    expect(zoom).toBeGreaterThan(4);
    shell.pointer("pointermove", 20, 20, { movementY: -1 });
    shell.pointer("pointerleave", 20, 20);
    expect(wheel(shell)).toBe(false);
    expect(number(shell, "zoom")).toBe(zoom);
  });

  it("zooms at the pointer by the wheel where the person means it, else leaves the wheel to the page", async () => {
    const shell = await show();
    expect(wheel(shell)).toBe(false);
    expect(number(shell, "zoom")).toBe(4);
    expect(wheel(shell, { ctrlKey: true, deltaY: -100 })).toBe(true);
    const zoom = number(shell, "zoom");
    expect(zoom).toBeGreaterThan(6);
    // The image's corner was under the pointer and still is.
    expect(number(shell, "x")).toBeCloseTo(-212 / zoom);
    expect(number(shell, "y")).toBeCloseTo(-172 / zoom);
  });

  it("marks a drawn box: a class key is for the next one, though another had been chosen by a click", async () => {
    session.item(0).value = [box("a", 5, 5, 20, 20)];
    const shell = await show();
    shell.pointer("pointerdown", 15, 15);
    shell.pointer("pointerup", 15, 15);
    await settle();
    expect(rows(shell)).toEqual(["true"]);
    await shell.drag([40, 30], [60, 50]);
    expect(rows(shell)).toEqual(["false", "true"]);
    await shell.press("2");
    await shell.drag([70, 55], [90, 75]);
    expect(session.item(0).value.map((found) => found.label)).toEqual(["cat", "cat", "dog"]);
    shell.pointer("pointerdown", 50, 40);
    shell.pointer("pointerup", 50, 40);
    await shell.press("2");
    expect(session.item(0).value.map((found) => found.label)).toEqual(["cat", "dog", "dog"]);
  });

  it("begins a box inside another by a click with Shift", async () => {
    session.item(0).value = [box("a", 0, 0, 100, 80)];
    const shell = await show();
    for (const [x, y] of [
      [20, 20],
      [50, 40],
    ] as const) {
      shell.pointer("pointerdown", x, y, { shiftKey: true });
      shell.pointer("pointerup", x, y, { shiftKey: true });
    }
    await settle();
    expect(session.item(0).value[1]).toMatchObject({ left: 20, top: 20, width: 30, height: 20 });
  });

  it("paints anew in the pixels of another screen", async () => {
    let moved: () => void = () => undefined;
    vi.stubGlobal("matchMedia", (query: string) => ({
      addEventListener(_: string, listener: () => void) {
        if (query.startsWith("(resolution")) moved = listener;
      },
    }));
    const shell = await show();
    const canvas = shell.stage.querySelector("canvas");
    expect([canvas?.width, canvas?.height]).toEqual([STAGE.width, STAGE.height]);
    vi.stubGlobal("devicePixelRatio", 2);
    moved();
    await settle();
    expect([canvas?.width, canvas?.height]).toEqual([2 * STAGE.width, 2 * STAGE.height]);
  });

  it("gives up a box when a second finger comes, and zooms by the two", async () => {
    const shell = await show();
    shell.pointer("pointerdown", 20, 20, { pointerId: 1 });
    shell.pointer("pointermove", 40, 40, { pointerId: 1 });
    shell.pointer("pointerdown", 60, 40, { pointerId: 2 });
    shell.pointer("pointermove", 80, 40, { pointerId: 2 });
    expect(number(shell, "zoom")).toBeCloseTo(8);
    shell.pointer("pointerup", 80, 40, { pointerId: 2 });
    shell.pointer("pointerup", 40, 40, { pointerId: 1 });
    await settle();
    expect(session.asked("commit")).toEqual([]);
    for (const corner of [20, 60]) {
      shell.pointer("pointerdown", corner, corner);
      shell.pointer("pointerup", corner, corner);
    }
    await settle();
    expect(session.ids(0)).toHaveLength(1); // the first click was a corner, not the end of the box given up
  });

  it("draws nothing when the browser takes the pointer away", async () => {
    const shell = await show();
    shell.pointer("pointerdown", 10, 10);
    shell.pointer("pointermove", 40, 40);
    shell.pointer("pointercancel", 40, 40);
    await settle();
    expect(session.asked("commit")).toEqual([]);
  });

  it("shows the whole of each new item", async () => {
    const shell = await show();
    await shell.click('[data-nblabel-action="zoom-in"]');
    await shell.press("d");
    expect(number(shell, "zoom")).toBe(4);
  });

  it("says why an item cannot be shown, and is deaf then", async () => {
    session.item(0).error = "the file is gone";
    const shell = await show();
    expect(shell.get(".cover").textContent).toContain("the file is gone");
    await shell.drag([10, 20], [40, 60]);
    await shell.press("n");
    await shell.press("Enter");
    expect(session.asked("commit")).toEqual([]);
    expect(shell.get('[data-nblabel="notice"]').textContent).toContain("Skip it");
    await shell.press("s");
    expect(session.item(0).state).toBe("skipped");
    expect(shell.has(".cover")).toBe(false);
  });
});

describe("the status", () => {
  const state = (shell: Inspected) => shell.get('[data-nblabel="status"]').dataset["state"];

  it("is saved, saving, offline and saved again", async () => {
    const shell = await show();
    expect(state(shell)).toBe("saved");
    session.busy = true;
    await shell.drag([10, 10], [40, 50]);
    expect(state(shell)).toBe("saving");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(state(shell)).toBe("offline");
    expect(shell.get('[data-nblabel="status"]').textContent).toBe("1 change waits in this browser");
    expect(shell.get('[data-nblabel="notice"]').textContent).toContain("does not answer");
    session.resume();
    await settle();
    expect(state(shell)).toBe("saved");
    expect(shell.has('[data-nblabel="notice"]')).toBe(false);
  });

  it("tells of what was refused", async () => {
    const shell = await show();
    session.refusals.set("commit", { code: "annotation", message: "not like this", path: null });
    await shell.drag([10, 10], [40, 50]);
    expect(state(shell)).toBe("error");
    expect(shell.get('[data-nblabel="status"]').title).toBe("not like this");
    expect(shell.get('[data-nblabel="notice"]').textContent).toContain("not like this");
    await shell.click('[data-nblabel="notice"] button');
    expect(shell.has('[data-nblabel="notice"]')).toBe(false);
  });

  it("tells of what cannot be saved for now, over the stage, and tries again when the person says so", async () => {
    const shell = await show();
    session.refusals.set("commit", { code: "storage", message: "the bucket is away", path: null });
    await shell.drag([10, 10], [40, 50]);
    expect(state(shell)).toBe("error");
    const banner = shell.get('.middle [data-nblabel="notice"]');
    expect(banner.textContent).toContain("Not saved yet, but kept in this browser: the bucket is away");
    expect(shell.texts(".entries .text")).toEqual(["cat"]);
    session.refusals.clear();
    await shell.click('[data-nblabel="notice"] button');
    expect(session.ids(0)).toHaveLength(1);
    expect(state(shell)).toBe("saved");
    expect(shell.has('[data-nblabel="notice"]')).toBe(false);
  });

  it("can be put aside until the next time", async () => {
    const shell = await show();
    for (const left of [10, 60]) {
      session.busy = true;
      await shell.drag([left, 10], [left + 30, 50]);
      await vi.advanceTimersByTimeAsync(4_000);
      expect(shell.has('[data-nblabel="notice"]')).toBe(true);
      await shell.click('[data-nblabel="notice"] [aria-label="Dismiss"]');
      expect(shell.has('[data-nblabel="notice"]')).toBe(false);
      expect(state(shell)).toBe("offline");
      session.resume();
      await settle();
      expect(state(shell)).toBe("saved");
    }
  });

  it("counts what is submitted and what is skipped", async () => {
    const shell = await show();
    await shell.press("Enter");
    expect(shell.texts(".progress > span")).toEqual(["1 submitted"]);
    await shell.press("s");
    expect(shell.texts(".progress > span")).toEqual(["1 submitted, 1 skipped"]);
  });

  it("tells screen readers where one is", async () => {
    const shell = await show();
    await shell.press("d");
    expect(shell.get("[aria-live]").textContent).toBe("Item 2 of 4: image-1.png");
  });
});

describe("the palette", () => {
  const many = Array.from({ length: 30 }, (_, place) =>
    label(place === 25 ? "Élan" : `class ${place}`, place < 10 ? String((place + 1) % 10) : null),
  );
  const names = (shell: Inspected) => [...shell.shadow.querySelectorAll<HTMLElement>(".label")].map(({ dataset }) => dataset["nblabelLabel"]);
  const search = (shell: Inspected) => shell.get('[data-nblabel="search"]') as HTMLInputElement;
  async function write(shell: Inspected, text: string): Promise<void> {
    search(shell).value = text;
    search(shell).dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
  }

  it("is searched when there are many classes: a key leads there, Enter takes the first and leads back", async () => {
    const shell = await show(taskView(many));
    expect(names(shell)).toHaveLength(30);
    await shell.press("/");
    expect(shell.shadow.activeElement).toBe(search(shell));
    await write(shell, "elan");
    expect(names(shell)).toEqual(["Élan"]);
    await shell.press("Enter", {}, search(shell));
    expect(shell.shadow.activeElement).toBe(shell.stage);
    expect(search(shell).value).toBe("");
    expect(shell.get('[data-nblabel-label="Élan"]').getAttribute("aria-pressed")).toBe("true");
    await shell.drag([10, 10], [30, 30]);
    expect(session.item(0).value.map((found) => found.label)).toEqual(["Élan"]);
  });

  it("takes what is written for a search, not for keys, and says when nothing is found", async () => {
    const shell = await show(taskView(many));
    await write(shell, "class 2");
    const found = [2, 20, 21, 22, 23, 24, 26, 27, 28, 29, 12].map((number) => `class ${number}`);
    expect(names(shell)).toEqual(found);
    await shell.press("d", {}, search(shell));
    expect(place(shell)).toBe("1 / 4");
    await write(shell, "zzz");
    expect(shell.get(".palette").textContent).toContain("No label has “zzz” in its name.");
    await shell.press("Escape", {}, search(shell));
    expect(names(shell)).toHaveLength(30);
  });

  it("of a few classes has no search", async () => {
    expect((await show()).has('[data-nblabel="search"]')).toBe(false);
  });

  it("lets arrows move the focus, of which Tab reaches one class only", async () => {
    const shell = await show(taskView(many));
    const stops = [...shell.shadow.querySelectorAll<HTMLElement>(".label")].filter(({ tabIndex }) => tabIndex === 0);
    expect(stops.map(({ dataset }) => dataset["nblabelLabel"])).toEqual(["class 0"]);
    stops[0]?.focus();
    await shell.press("ArrowDown", {}, stops[0]);
    expect((shell.shadow.activeElement as HTMLElement).dataset["nblabelLabel"]).toBe("class 1");
    await shell.press("End", {}, shell.shadow.activeElement as HTMLElement);
    expect((shell.shadow.activeElement as HTMLElement).dataset["nblabelLabel"]).toBe("class 29");
  });
});

describe("what is hidden or locked", () => {
  it("cannot be taken hold of, and locked boxes cannot be changed", async () => {
    session.item(0).value = [box("a"), box("b", 50, 40, 20, 20, "dog")];
    const shell = await show();
    await shell.press(".");
    await shell.press("l");
    await shell.press("Delete");
    await shell.press("2");
    expect(shell.get('[data-nblabel="notice"]').textContent).toContain("locked");
    expect(session.ids(0)).toEqual(["a", "b"]);
    expect(session.item(0).value[0]?.label).toBe("cat");
    await shell.press("v");
    await shell.drag([20, 20], [40, 40]);
    expect(session.committed).toEqual([]);
  });

  it("is a class as a whole, or all but one", async () => {
    session.item(0).value = [box("a"), box("b", 50, 40, 20, 20, "dog")];
    const shell = await show();
    const hidden = () => [...shell.shadow.querySelectorAll<HTMLElement>(".entry")].map(({ dataset }) => dataset["hidden"]);
    await shell.press("h");
    expect(hidden()).toEqual(["true", "false"]);
    await shell.press("H", { shiftKey: true });
    expect(hidden()).toEqual(["false", "true"]);
    await shell.press("H", { shiftKey: true });
    await shell.press("h", { altKey: true });
    expect(hidden()).toEqual(["false", "false"]);
    await shell.press(".");
    await shell.press(".");
    await shell.press("h");
    expect(hidden()).toEqual(["false", "true"]);
    await shell.press("v");
    await shell.drag([60, 50], [70, 60]);
    expect(session.committed).toEqual([]);
  });
});
