import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLabeler, type Labeler, type Opening } from "../../src/core/labeler";
import { created, deleted, type ShapeChange, updated } from "../../src/core/shapes";
import type { Box } from "../../src/generated/schema";
import { box, FakeSession, HEIGHT, label, taskView, WIDTH } from "../support/session";
import { type FakeMedia, fakeTask } from "../support/task";
import { settle } from "../support/time";

type Page = Labeler<readonly Box[], ShapeChange<Box>, FakeMedia>;

let session: FakeSession;
const pages: Page[] = [];

async function open(opening: Opening = session.opening(), task = fakeTask()): Promise<Page> {
  const page = createLabeler(task, opening, session.connect());
  pages.push(page);
  await settle();
  return page;
}

/** The tab is closed and opened again. */
async function reload(page: Page): Promise<Page> {
  page.dispose();
  return open();
}

const boxes = (page: Page) => (page.item.value?.value ?? []).map(({ id }) => id);
const place = (page: Page) => page.item.value?.view.index;
const state = (page: Page) => page.item.value?.view.state;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  session = new FakeSession();
});
afterEach(() => {
  for (const page of pages.splice(0)) page.dispose();
  vi.useRealTimers();
});

describe("opening", () => {
  it("shows the first item without asking the session for it", async () => {
    session.busy = true;
    session.remote(1, { created: [box("a")] });
    const page = await open(session.opening(1));
    expect(page.index.value).toBe(1);
    expect(page.loading.value).toBe(false);
    expect(boxes(page)).toEqual(["a"]);
    expect(page.progress.value).toEqual({ total: 4, submitted: 0, skipped: 0, ahead: 0 });
    expect(page.tool.value).toBe("box");
  });

  it("fetches ahead, but nothing beyond the end", async () => {
    await open(session.opening(2));
    expect(session.asked("open").map(({ params }) => params)).toEqual([{ index: 3 }]);
  });
});

describe("drawing", () => {
  it("shows a change at once and makes it durable", async () => {
    const page = await open();
    page.commit(created(box("a")));
    expect(boxes(page)).toEqual(["a"]);
    expect(state(page)).toBe("draft");
    expect(page.outbox.state.value).toBe("saving");
    await settle();
    expect(session.ids(0)).toEqual(["a"]);
    expect(page.outbox.state.value).toBe("saved");
    expect(boxes(page)).toEqual(["a"]);
  });

  it("sends the item's id, an id of its own and the seconds since the operation before", async () => {
    const page = await open();
    await vi.advanceTimersByTimeAsync(2_900);
    page.commit(created(box("a")));
    await vi.advanceTimersByTimeAsync(1_500);
    page.commit(created(box("b")));
    await settle();
    const [first, second] = session.committed;
    expect(first).toMatchObject({ item: session.item(0).id, kind: "change", undoes: null, seconds: expect.closeTo(3, 1) });
    expect(second?.seconds).toBeCloseTo(1.5, 1);
    expect(first?.id).not.toBe(second?.id);
  });

  it("marks a submitted item as edited", async () => {
    const page = await open();
    page.submit();
    await settle();
    await page.go(0);
    page.commit(created(box("a")));
    expect(page.item.value?.view).toMatchObject({ state: "submitted", edited: true });
    page.submit();
    await settle();
    await page.go(0);
    expect(page.item.value?.view).toMatchObject({ state: "submitted", edited: false });
  });

  it("does nothing while another item is being loaded", async () => {
    session = new FakeSession(12);
    const page = await open();
    session.busy = true;
    void page.go(9);
    await settle();
    expect(page.loading.value).toBe(true);
    page.commit(created(box("a")));
    page.submit();
    page.skip();
    session.resume();
    await settle();
    expect(place(page)).toBe(9);
    expect(session.committed).toEqual([]);
    await page.go(0);
    expect(boxes(page)).toEqual([]);
  });
});

describe("undo and redo", () => {
  it("take back and bring back, here and in the session", async () => {
    const page = await open();
    page.commit(created(box("a")));
    page.commit(created(box("b")));
    await page.undo();
    expect(boxes(page)).toEqual(["a"]);
    await page.undo();
    expect(boxes(page)).toEqual([]);
    await page.redo();
    expect(boxes(page)).toEqual(["a"]);
    await settle();
    expect(session.ids(0)).toEqual(["a"]);
    await page.redo();
    await page.undo();
    await page.undo();
    await page.redo();
    await settle();
    expect(session.ids(0)).toEqual(["a"]);
    expect(page.outbox.state.value).toBe("saved");
    expect(boxes(page)).toEqual(["a"]);
  });

  it("name the operation that they take back, so that a reload can go on", async () => {
    const page = await open();
    page.commit(created(box("a")));
    await page.undo();
    await page.redo();
    await settle();
    const [did, undid, redid] = session.committed;
    expect(undid?.undoes).toBe(did?.id);
    expect(redid?.undoes).toBe(undid?.id);
  });

  it("bring deleted boxes back to their places", async () => {
    const page = await open();
    page.commit(created(box("a"), box("b"), box("c")));
    page.commit(deleted<Box>("a", "c"));
    await page.undo();
    await settle();
    expect(boxes(page)).toEqual(["a", "b", "c"]);
    expect(session.ids(0)).toEqual(["a", "b", "c"]);
  });

  it("go to the item of the gesture", async () => {
    const page = await open();
    page.commit(created(box("a")));
    page.submit();
    await settle();
    page.commit(created(box("b")));
    await settle();
    await page.undo();
    await page.undo();
    await settle();
    expect([place(page), state(page), session.item(0).state]).toEqual([0, "draft", "draft"]);
    expect(page.progress.value.submitted).toBe(0);
    await page.undo();
    await settle();
    expect([boxes(page), session.ids(0), session.ids(1)]).toEqual([[], [], []]);
    await page.redo();
    await page.redo();
    await settle();
    expect([state(page), session.item(0).state, page.progress.value.submitted]).toEqual(["submitted", "submitted", 1]);
    await page.redo();
    await settle();
    expect(place(page)).toBe(1);
    expect([boxes(page), session.ids(0), session.ids(1)]).toEqual([["b"], ["a"], ["b"]]);
  });

  it("lose nothing when the keys are faster than the items", async () => {
    session = new FakeSession(12);
    const page = await open();
    page.commit(created(box("a")));
    page.commit(created(box("b")));
    for (const far of [9, 11, 6, 4]) {
      void page.go(far);
      await settle();
    }
    void page.undo();
    void page.undo();
    await settle();
    expect(place(page)).toBe(0);
    expect(boxes(page)).toEqual([]);
    void page.redo();
    void page.redo();
    await settle();
    expect(boxes(page)).toEqual(["a", "b"]);
    expect(session.ids(0)).toEqual(["a", "b"]);
  });

  it("keep a gesture whose item cannot be loaded now", async () => {
    session = new FakeSession(12);
    const page = await open();
    page.commit(created(box("a")));
    for (const far of [9, 11, 6, 4]) {
      void page.go(far);
      await settle();
    }
    session.refusals.set("glance", { code: "session", message: "not now", path: null });
    void page.undo();
    await settle();
    expect(page.notice.value?.message).toContain("not now");
    session.refusals.clear();
    void page.go(3);
    await settle();
    void page.undo();
    await settle();
    expect(place(page)).toBe(0);
    expect(session.ids(0)).toEqual([]);
  });

  it("forget what was undone once something new is drawn", async () => {
    const page = await open();
    page.commit(created(box("a")));
    await page.undo();
    page.commit(created(box("b")));
    await settle();
    void page.redo();
    await settle();
    expect(boxes(page)).toEqual(["b"]);
    expect(page.notice.value?.message).toBe("Nothing to redo.");
  });

  it("ask the session when this page knows of nothing, as after a reload", async () => {
    const before = await open();
    before.commit(created(box("a")));
    before.submit();
    await settle();
    before.commit(created(box("b")));
    await settle();
    const page = await reload(before);
    expect(place(page)).toBe(1);
    void page.undo();
    await settle();
    expect(boxes(page)).toEqual([]);
    void page.undo();
    await settle();
    expect([place(page), state(page), boxes(page)]).toEqual([0, "draft", ["a"]]);
    void page.undo();
    await settle();
    expect(boxes(page)).toEqual([]);
    void page.undo();
    await settle();
    expect(page.notice.value).toEqual({ level: "info", message: "Nothing to undo." });
    void page.redo();
    await settle();
    expect(boxes(page)).toEqual(["a"]);
    expect(session.ids(0)).toEqual(["a"]);
    expect(session.ids(1)).toEqual([]);
  });

  it("say what went wrong when the session cannot", async () => {
    const page = await open();
    session.refusals.set("undo", { code: "store", message: "the disk is full", path: null });
    void page.undo();
    await settle();
    expect(page.notice.value).toEqual({ level: "error", message: "the disk is full" });
  });

  it("say so when the item was changed elsewhere meanwhile", async () => {
    const page = await open();
    page.commit(created(box("a")));
    await settle();
    session.busy = true;
    page.commit(updated(box("a", 30)));
    session.remote(0, { deleted: ["a"] });
    await page.undo();
    expect(page.notice.value?.level).toBe("info");
    expect(page.notice.value?.message).toContain("can no longer be taken back");
  });

  it("take back the newest first, whoever did it", async () => {
    const page = await open();
    page.commit(created(box("a")));
    await settle();
    session.remote(1, { created: [box("there")] });
    await page.undo();
    await settle();
    expect([place(page), session.ids(0), session.ids(1)]).toEqual([1, ["a"], []]);
    await page.undo();
    await settle();
    expect([place(page), session.ids(0)]).toEqual([0, []]);
    await page.redo();
    await page.redo();
    await settle();
    expect([session.ids(0), session.ids(1)]).toEqual([["a"], ["there"]]);
    expect(session.committed.map(({ undoes }) => undoes !== null)).toEqual([false, false, true, true, true, true]);
  });

  it("wait with what was done elsewhere until everything of this page is durable", async () => {
    const page = await open();
    session.remote(1, { created: [box("there")] });
    session.busy = true;
    page.commit(created(box("a")));
    await page.undo();
    await page.undo();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(page.notice.value?.message).toContain("once your own work is saved");
    session.resume();
    await settle();
    expect(session.ids(1)).toEqual(["there"]);
  });

  it("know after a reload how an item stands whose submission was taken back", async () => {
    const before = await open();
    before.submit();
    session.busy = true;
    await before.undo();
    const page = await reload(before);
    expect(state(page)).toBe("unlabeled");
    session.resume();
    await settle();
    expect([state(page), session.item(0).state]).toEqual(["unlabeled", "unlabeled"]);
    expect(page.outbox.state.value).toBe("saved");
  });

  it("lose nothing when an item was changed elsewhere while it was submitted", async () => {
    const page = await open();
    page.commit(created(box("a")));
    await settle();
    session.busy = true;
    page.submit();
    session.remote(0, { created: [box("there")] });
    session.resume();
    await settle();
    expect(page.notice.value?.message).toContain("it was changed meanwhile");
    expect(session.item(0).state).toBe("draft");
    void page.go(0);
    await settle();
    expect([state(page), boxes(page)]).toEqual(["draft", ["a", "there"]]);
    page.submit();
    await settle();
    expect(session.item(0).state).toBe("submitted");
  });
});

describe("moving on", () => {
  it("goes to the next item without waiting for the session", async () => {
    const page = await open();
    page.commit(created(box("a")));
    await settle();
    session.busy = true;
    page.submit();
    await settle();
    expect(place(page)).toBe(1);
    expect(page.progress.value.submitted).toBe(1);
    expect(session.item(0).state).toBe("draft");
    session.resume();
    await settle();
    expect(session.item(0).state).toBe("submitted");
    expect(session.current).toBe(1);
  });

  it("leaves out what was finished here meanwhile", async () => {
    const page = await open();
    page.submit();
    await settle();
    page.skip();
    await settle();
    expect(place(page)).toBe(2);
    await page.go(0);
    page.submit(); // `next` of item 0 was 1 when it was loaded
    await settle();
    expect(place(page)).toBe(2);
  });

  it("goes where the session says when it does not know", async () => {
    session = new FakeSession(12);
    session.items.slice(1, 7).forEach((item) => {
      item.state = "skipped";
    });
    const opening = session.opening(0);
    const page = await open({ ...opening, item: { ...opening.item, next: null } });
    page.submit();
    await settle();
    expect(place(page)).toBe(7);
  });

  it("goes to an item that was submitted and edited since: it is not done", async () => {
    const page = await open();
    page.submit();
    await settle();
    page.submit();
    await settle();
    await page.go(1);
    page.commit(created(box("a")));
    expect(page.item.value?.view).toMatchObject({ state: "submitted", edited: true });
    await page.go(0);
    page.submit(); // `next` of item 0 was 1 when it was loaded
    await settle();
    expect(place(page)).toBe(1);
  });

  it("says when everything is done, and stays", async () => {
    session = new FakeSession(2);
    const page = await open();
    page.submit();
    await settle();
    page.submit();
    await settle();
    expect(place(page)).toBe(1);
    expect(state(page)).toBe("submitted");
    expect(page.notice.value).toEqual({
      level: "info",
      message: "All items are done: 2 submitted. You can still go back and change any of them.",
    });
    expect(page.progress.value).toEqual({ total: 2, submitted: 2, skipped: 0, ahead: 0 });
  });

  it("says how many were skipped when everything is done", async () => {
    session = new FakeSession(3);
    const page = await open();
    for (const act of [page.submit, page.skip, page.submit]) {
      act();
      await settle();
    }
    expect(page.notice.value?.message).toContain("All items are done: 2 submitted, 1 skipped.");
  });

  it("does not drag a person away who went elsewhere while the session was busy", async () => {
    session = new FakeSession(3);
    const opening = session.opening(2);
    const page = await open({ ...opening, item: { ...opening.item, next: null } });
    void page.go(1);
    await settle();
    void page.go(2);
    await settle();
    session.busy = true;
    page.submit();
    void page.go(1);
    await settle();
    session.resume();
    await settle();
    expect(session.item(2).state).toBe("submitted");
    expect(place(page)).toBe(1);
  });

  it("skips, and counts it", async () => {
    const page = await open();
    page.skip();
    expect(page.progress.value).toEqual({ total: 4, submitted: 0, skipped: 1, ahead: 0 });
    await settle();
    expect(session.item(0).state).toBe("skipped");
    expect(place(page)).toBe(1);
  });

  it("counts an item once, whatever is done to it", async () => {
    const page = await open();
    page.submit();
    await settle();
    await page.go(0);
    page.submit();
    expect(page.progress.value).toMatchObject({ submitted: 1, skipped: 0 });
    await settle();
    await page.go(0);
    page.skip();
    expect(page.progress.value).toMatchObject({ submitted: 1, skipped: 0 });
    await settle();
    expect(page.progress.value).toEqual(session.progress);
    expect(session.item(0).state).toBe("submitted");
  });

  it("does not count backwards while the session catches up", async () => {
    const page = await open();
    await settle();
    session.busy = true;
    const seen: number[] = [];
    const stop = page.progress.subscribe(({ submitted }) => seen.push(submitted));
    page.submit();
    await settle();
    page.submit();
    await settle();
    session.resume();
    await settle();
    stop();
    expect(seen).toEqual([...seen].sort());
    expect(page.progress.value.submitted).toBe(2);
  });

  it("does not leave the session's items", async () => {
    const page = await open();
    await page.go(-1);
    await page.go(4);
    expect(place(page)).toBe(0);
    expect(session.asked("move")).toEqual([]);
  });

  it("tells the session where the person is", async () => {
    const page = await open();
    await page.go(2);
    await settle();
    expect(session.current).toBe(2);
    expect(page.announcement.value).toBe("Item 3 of 4: image-2.png");
  });

  it("drops the selection", async () => {
    const page = await open();
    page.commit(created(box("a")));
    page.select(["a"]);
    await page.go(1);
    expect(page.selection.value).toEqual([]);
    expect(page.chosen.value).toBe(false);
  });

  it("ends at the item asked for last, though an earlier one comes later", async () => {
    session = new FakeSession(12);
    const page = await open();
    session.busy = true;
    void page.go(8);
    void page.go(1);
    await settle();
    expect(place(page)).toBe(1);
    session.resume();
    await settle();
    expect(place(page)).toBe(1);
    expect(page.index.value).toBe(1);
  });

  it("shows a large image in small, and takes the whole for it without what was done meanwhile being lost", async () => {
    session = new FakeSession(12);
    session.large.add(9);
    const page = await open();
    session.refusals.set("media", { code: "session", message: "not now", path: null });
    void page.go(9);
    await settle();
    expect(page.item.value?.view).toMatchObject({ index: 9, preview: true, width: WIDTH, height: HEIGHT });
    expect(page.notice.value?.message).toBe("Item 10 could not be loaded: not now");
    const small = page.item.value?.media;
    page.commit(created(box("a")));
    await settle();

    session.refusals.clear();
    void page.go(8);
    await settle();
    void page.go(9);
    await settle();
    expect(page.item.value?.view.preview).toBe(false);
    expect(boxes(page)).toEqual(["a"]);
    expect(page.item.value?.media).not.toBe(small);
    expect((page.task as unknown as ReturnType<typeof fakeTask>).released).toContain(small);
    expect(session.asked("glance").map(({ params }) => params)).toEqual([{ index: 9 }, { index: 8 }]);
    expect(session.asked("open").at(-1)?.params).toEqual({ index: 11 });
  });

  it("says when an item cannot be loaded", async () => {
    session = new FakeSession(12);
    const page = await open();
    session.refusals.set("glance", { code: "session", message: "not now", path: null });
    void page.go(9);
    await settle();
    expect(page.notice.value).toEqual({ level: "error", message: "Item 10 could not be loaded: not now" });
  });
});

describe("an item that cannot be shown", () => {
  it("cannot be submitted, but skipped", async () => {
    session.item(0).error = "the file is gone";
    const page = await open();
    expect(page.item.value?.media).toBeNull();
    page.submit();
    await settle();
    expect(page.notice.value?.level).toBe("warning");
    expect(session.committed).toEqual([]);
    expect(place(page)).toBe(0);
    page.skip();
    await settle();
    expect(session.item(0).state).toBe("skipped");
    expect(place(page)).toBe(1);
  });
});

describe("a notice", () => {
  const info = { level: "info", message: "Worth a glance." } as const;

  it.each<[string, (page: Page) => unknown]>([
    ["draws", (page) => page.commit(created(box("a")))],
    ["skips", (page) => page.skip()],
    ["goes elsewhere", (page) => page.go(2)],
  ])("goes with the next thing that a person does, if it is worth a glance only: %s", async (_, act) => {
    const page = await open();
    session.tell("notice", info);
    page.select([]);
    expect(page.notice.value).toEqual(info);
    await act(page);
    expect(page.notice.value).toBeNull();
  });

  it.each(["warning", "error"] as const)("stays until it is read, if it is not: %s", async (level) => {
    const page = await open();
    session.tell("notice", { ...info, level });
    page.commit(created(box("a")));
    page.submit();
    await settle();
    expect(page.notice.value).toEqual({ ...info, level });
  });
});

describe("an item whose file is gone for now", () => {
  it("keeps what was drawn, over a reload too, and is saved when the person says so", async () => {
    const before = await open();
    session.item(0).error = "the file is gone";
    before.commit(created(box("a")));
    await settle();
    expect(boxes(before)).toEqual(["a"]);
    expect(before.outbox.state.value).toBe("error");
    expect(before.outbox.problem.value).toContain("cannot be read");
    await before.go(1);
    before.commit(created(box("b")));
    await settle();
    expect(session.ids(1)).toEqual(["b"]);
    expect(before.outbox.state.value).toBe("error");
    const page = await reload(before);
    expect(page.outbox.state.value).toBe("error");
    void page.go(0);
    await settle();
    expect(boxes(page)).toEqual(["a"]);
    session.item(0).error = null;
    page.outbox.retry();
    await settle();
    expect(session.ids(0)).toEqual(["a"]);
    expect(boxes(page)).toEqual(["a"]);
    expect(page.outbox.state.value).toBe("saved");
    expect(localStorage).toHaveLength(0);
  });
});

describe("two labelers of one session", () => {
  it("keep what they wait for apart in the browser", async () => {
    const one = await open();
    const other = await open();
    session.busy = true;
    one.commit(created(box("a")));
    other.commit(created(box("b")));
    expect(localStorage).toHaveLength(2);
    one.dispose();
    other.dispose();
    const page = await open();
    expect(boxes(page).sort()).toEqual(["a", "b"]);
    session.resume();
    await settle();
    expect(session.ids(0).sort()).toEqual(["a", "b"]);
    expect(localStorage).toHaveLength(0);
  });
});

describe("a page whose last view was taken away", () => {
  const told = () => session.asked("leave").length;

  it("tells the session, once, when nothing waits", async () => {
    const page = await open();
    expect(told()).toBe(0);
    page.leave();
    await settle();
    expect(told()).toBe(1);
    expect(session.asked("leave")[0]?.params).toEqual({});
  });

  it("tells it only when all is durable", async () => {
    const page = await open();
    session.busy = true;
    page.commit(created(box("a")));
    page.commit(created(box("b")));
    page.leave();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told()).toBe(0);
    session.resume();
    await settle();
    expect(session.ids(0)).toEqual(["a", "b"]);
    expect(told()).toBe(1);
    expect(session.requests.at(-1)?.method).toBe("leave");
  });

  it("does not tell it while something cannot be saved", async () => {
    const page = await open();
    session.item(0).error = "the file is gone";
    page.commit(created(box("a")));
    await settle();
    page.leave();
    await settle();
    expect(told()).toBe(0);
  });

  it("takes that back when a view is there again", async () => {
    const page = await open();
    session.busy = true;
    page.commit(created(box("a")));
    page.leave();
    page.stay();
    session.resume();
    await settle();
    expect(told()).toBe(0);
    page.leave();
    await settle();
    expect(told()).toBe(1);
  });

  it("hears nothing of a session that does not know what leaving is", async () => {
    const page = await open();
    session.refusals.set("leave", { code: "session", message: "unknown", path: null });
    page.leave();
    await settle(); // an unhandled rejection would fail the run
    expect(page.notice.value).toBeNull();
  });

  it("keeps the media of the item on show only", async () => {
    const task = fakeTask();
    const page = await open(session.opening(), task);
    expect(task.loaded).toEqual([0, 1, 2]);
    page.leave();
    expect(task.released.map(({ index }) => index)).toEqual([1, 2]);
    page.stay();
    expect(place(page)).toBe(0);
    void page.go(1);
    await settle();
    expect(page.item.value?.media).toEqual({ index: 1 });
  });
});

describe("a reload while the session does not answer", () => {
  it("shows and sends what was drawn", async () => {
    const before = await open();
    session.busy = true;
    before.commit(created(box("a")));
    before.commit(created(box("b")));
    before.commit(updated(box("a", 50)));
    const page = await reload(before);
    expect(boxes(page)).toEqual(["a", "b"]);
    expect(page.item.value?.value[0]?.left).toBe(50);
    expect(state(page)).toBe("draft");
    expect(session.ids(0)).toEqual([]);
    session.resume();
    await settle();
    expect(session.ids(0)).toEqual(["a", "b"]);
    expect(boxes(page)).toEqual(["a", "b"]);
    expect(page.outbox.state.value).toBe("saved");
    expect(localStorage).toHaveLength(0);
  });

  it("does not show it twice, however often the item is left and seen again", async () => {
    const before = await open();
    session.busy = true;
    before.commit(created(box("a")));
    session.busy = false;
    const page = await open();
    session.busy = true;
    before.dispose();
    await page.go(1);
    await page.go(0);
    expect(boxes(page)).toEqual(["a"]);
    session.resume();
    await settle();
    expect(boxes(page)).toEqual(["a"]);
    expect(session.ids(0)).toEqual(["a"]);
  });

  it("does not show twice what the session had, when only its answer was lost", async () => {
    const before = await open();
    session.lostAnswers = 1;
    before.commit(created(box("a")));
    await settle();
    expect(session.ids(0)).toEqual(["a"]);
    const page = await reload(before);
    expect(boxes(page)).toEqual(["a"]);
    await settle();
    expect(session.ids(0)).toEqual(["a"]);
    expect(boxes(page)).toEqual(["a"]);
    expect(page.outbox.state.value).toBe("saved");
  });

  it("keeps a submission, too", async () => {
    const before = await open();
    session.busy = true;
    before.submit();
    const page = await reload(before);
    await page.go(0);
    expect(state(page)).toBe("submitted");
    session.resume();
    await settle();
    expect(session.item(0).state).toBe("submitted");
    expect(page.progress.value.submitted).toBe(1);
  });
});

describe("a refused operation", () => {
  const impossible = box("x", WIDTH + 10, HEIGHT + 10);

  it("is told of, and the item is shown as the session has it", async () => {
    const page = await open();
    page.commit(created(box("a")));
    page.commit(created(impossible));
    expect(boxes(page)).toEqual(["a", "x"]);
    await settle();
    expect(page.notice.value).toMatchObject({ level: "error", message: expect.stringContaining("outside the image") });
    expect(boxes(page)).toEqual(["a"]);
    expect(page.outbox.state.value).toBe("error");
  });

  it("does not hide what was drawn after it", async () => {
    const page = await open();
    page.commit(created(impossible));
    page.commit(created(box("a")));
    page.commit(created(box("b")));
    await settle();
    expect(session.ids(0)).toEqual(["a", "b"]);
    expect(boxes(page)).toEqual(["a", "b"]);
  });

  it("is not shown any more on an item that was left meanwhile", async () => {
    const page = await open();
    session.busy = true;
    page.commit(created(impossible));
    await page.go(1);
    session.resume();
    await settle();
    void page.go(0);
    await settle();
    expect(place(page)).toBe(0);
    expect(boxes(page)).toEqual([]);
  });
});

describe("what happens elsewhere", () => {
  it("changes the item on show", async () => {
    const page = await open();
    page.commit(created(box("a")));
    await settle();
    session.remote(0, { created: [box("r")] });
    expect(boxes(page)).toEqual(["a", "r"]);
  });

  it("changes items that were fetched ahead", async () => {
    const page = await open();
    session.remote(1, { created: [box("r")] });
    await page.go(1);
    expect(boxes(page)).toEqual(["r"]);
    expect(state(page)).toBe("draft");
  });

  it("changes items whose media are still being decoded", async () => {
    session = new FakeSession(12);
    const task = fakeTask();
    const page = await open(session.opening(), task);
    task.decoding = new Promise((resolve) => setTimeout(resolve, 500));
    void page.go(9);
    await settle();
    expect(page.loading.value).toBe(true);
    session.remote(9, { created: [box("r")] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(place(page)).toBe(9);
    expect(boxes(page)).toEqual(["r"]);
  });

  it("does not count what this page did itself", async () => {
    const page = await open();
    page.commit(created(box("a")));
    page.commit(updated(box("a", 40)));
    page.commit(deleted<Box>("a"));
    await settle();
    expect(session.committed).toHaveLength(3);
    expect(boxes(page)).toEqual([]);
    expect(session.asked("open").filter(({ params }) => JSON.stringify(params) === '{"index":0}')).toEqual([]);
  });

  it("loads the item anew when the change does not fit what is on show", async () => {
    const page = await open();
    session.item(0).value = [box("hidden")];
    session.remote(0, { updated: [box("hidden", 40)] });
    await settle();
    expect(boxes(page)).toEqual(["hidden"]);
    expect(page.item.value?.value[0]?.left).toBe(40);
  });

  it("may take away a box that is being dragged: that is told, and nothing is sent", async () => {
    const page = await open();
    page.commit(created(box("a")));
    await settle();
    session.remote(0, { deleted: ["a"] });
    page.commit(updated(box("a", 40)));
    await settle();
    expect(boxes(page)).toEqual([]);
    expect(page.notice.value?.message).toContain("changed elsewhere");
    expect(session.asked("commit")).toHaveLength(1);
  });

  it("keeps two pages of one session alike", async () => {
    const one = await open();
    const other = await open();
    one.commit(created(box("a")));
    await settle();
    expect(boxes(other)).toEqual(["a"]);
    other.commit(created(box("b")));
    await settle();
    expect(boxes(one)).toEqual(["a", "b"]);
    one.submit();
    await settle();
    expect(place(other)).toBe(1);
    expect(other.progress.value.submitted).toBe(1);
    await other.go(0);
    expect(state(other)).toBe("submitted");
  });

  it("follows another view to its item, but not its own steps", async () => {
    const page = await open();
    session.moveFrom(2, "another");
    await settle();
    expect(place(page)).toBe(2);
    expect(session.asked("move")).toEqual([]);
    session.moveFrom(3, null);
    await settle();
    expect(place(page)).toBe(3);
    const [request] = session.asked("open");
    session.moveFrom(0, request?.origin ?? null);
    await settle();
    expect(place(page)).toBe(3);
  });

  it("shows notices", async () => {
    const page = await open();
    session.tell("notice", { level: "warning", message: "The disk is nearly full." });
    expect(page.notice.value).toEqual({ level: "warning", message: "The disk is nearly full." });
  });

  it("ends with dispose", async () => {
    const page = await open();
    session.busy = true;
    page.commit(created(box("a")));
    page.leave();
    page.dispose();
    session.resume();
    session.remote(0, { created: [box("r")] });
    session.tell("notice", { level: "warning", message: "too late" });
    session.moveFrom(2, "another");
    await settle();
    expect(boxes(page)).toEqual([]);
    expect(page.index.value).toBe(0);
    expect(page.notice.value).toBeNull();
    expect(session.asked("leave")).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has released all media, each once, when the page is disposed of", async () => {
    session = new FakeSession(12);
    const task = fakeTask();
    const page = await open(session.opening(), task);
    for (const far of [5, 9, 1]) {
      void page.go(far);
      await settle();
    }
    page.commit(created(box("a")));
    await settle();
    page.dispose();
    expect(task.released.map(({ index }) => index).sort()).toEqual([...task.loaded].sort());
    expect(new Set(task.released).size).toBe(task.released.length);
  });
});

describe("labels and selection", () => {
  it("relabels what a person chose", async () => {
    const page = await open();
    page.commit(created(box("a"), box("b")));
    page.select(["a"]);
    page.chooseLabel(1);
    expect(page.label.value).toBe(1);
    expect(page.item.value?.value.map((found) => found.label)).toEqual(["dog", "cat"]);
    await settle();
    expect(session.item(0).value.map((found) => found.label)).toEqual(["dog", "cat"]);
    await page.undo();
    expect(page.item.value?.value.map((found) => found.label)).toEqual(["cat", "cat"]);
  });

  it("does not relabel what is selected only because it was just drawn", async () => {
    const page = await open();
    page.commit(created(box("a")));
    page.selection.value = ["a"];
    page.chooseLabel(1);
    expect(page.label.value).toBe(1);
    expect(page.item.value?.value[0]?.label).toBe("cat");
    await settle();
    expect(session.committed).toHaveLength(1);
  });

  it("does not relabel a drawn box, though another had been chosen before", async () => {
    const page = await open();
    page.commit(created(box("a")));
    page.select(["a"]);
    page.commit(created(box("b", 50, 40)));
    // What the drawing of a box does.
    page.selection.value = ["b"];
    page.chosen.value = false;
    page.chooseLabel(1);
    expect(page.item.value?.value.map((found) => found.label)).toEqual(["cat", "cat"]);
  });

  it("makes no operation of a label that a box has already, or that does not exist", async () => {
    const page = await open({ ...session.opening(), task: taskView([label("cat"), label("dog")]) });
    page.commit(created(box("a")));
    page.select(["a"]);
    page.chooseLabel(0);
    page.chooseLabel(7);
    await settle();
    expect(page.label.value).toBe(0);
    expect(session.committed).toHaveLength(1);
  });

  it("removes the selection as one operation", async () => {
    const page = await open();
    page.commit(created(box("a"), box("b"), box("c")));
    page.select(["a", "c"]);
    page.removeSelection();
    expect(page.selection.value).toEqual([]);
    await settle();
    expect(session.ids(0)).toEqual(["b"]);
    page.removeSelection();
    await settle();
    expect(session.committed).toHaveLength(2);
  });
});
