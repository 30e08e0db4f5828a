import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { page } from "../../src/hosts/page";
import boundingBox from "../../src/tasks/bounding-box";
import { installBrowser, type Painted, removeBrowser } from "../support/browser";
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
const place = (shell: Inspected) => shell.get(".place").textContent;

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
    const task = { ...taskView([{ ...label(name, "1"), description: name }, label("dog", "2")]), instructions: name, title: name };
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
    expect(shell.shadow.querySelectorAll("img, script, .text b")).toHaveLength(0);
    expect(painted.texts()).toContain(name);
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
    await shell.click(".entry:nth-child(2)");
    expect(shell.get(".entry:nth-child(2)").getAttribute("aria-selected")).toBe("true");
    expect(shell.get(".entry:nth-child(1)").getAttribute("aria-selected")).toBe("false");
    await shell.click(".entry:nth-child(1) button");
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
    const selected = () => [...shell.shadow.querySelectorAll(".entry")].findIndex((row) => row.getAttribute("aria-selected") === "true");
    const seen = [];
    for (const key of [".", ".", ".", ".", ",", ","]) {
      await shell.press(key);
      seen.push(selected());
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
    expect(shell.get(".entry").getAttribute("aria-selected")).toBe("true");
    await shell.press("Escape");
    expect(shell.get(".entry").getAttribute("aria-selected")).toBe("false");
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
    await shell.press("s");
    expect(session.item(0).state).toBe("unlabeled");
    expect(shell.get('[data-nblabel-label="sheep"]').getAttribute("aria-pressed")).toBe("true");
    await shell.press("d");
    expect(shell.get('[data-nblabel-label="duck"]').getAttribute("aria-pressed")).toBe("true");
    expect(place(shell)).toBe("1 / 4");
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

  it("zooms at the pointer by the wheel where the person means it, else leaves the wheel to the page", async () => {
    const shell = await show();
    const wheel = (init: WheelEventInit) => {
      const event = new WheelEvent("wheel", { deltaY: -400, clientX: 212, clientY: 172, bubbles: true, cancelable: true, ...init });
      shell.stage.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(wheel({})).toBe(false);
    expect(number(shell, "zoom")).toBe(4);
    expect(wheel({ ctrlKey: true, deltaY: -100 })).toBe(true);
    const zoom = number(shell, "zoom");
    expect(zoom).toBeGreaterThan(6);
    // The image's corner was under the pointer and still is.
    expect(number(shell, "x")).toBeCloseTo(-212 / zoom);
    expect(number(shell, "y")).toBeCloseTo(-172 / zoom);
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

  it("tells screen readers where one is", async () => {
    const shell = await show();
    await shell.press("d");
    expect(shell.get("[aria-live]").textContent).toBe("Item 2 of 4: image-1.png");
  });
});
