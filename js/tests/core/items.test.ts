import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createItems } from "../../src/core/items";
import type { LoadedItem } from "../../src/core/task";
import { createClient } from "../../src/core/transport";
import type { Box } from "../../src/generated/schema";
import { box, FakeSession } from "../support/session";
import { type FakeMedia, fakeTask } from "../support/task";
import { settle } from "../support/time";

let session: FakeSession;
let task: ReturnType<typeof fakeTask>;
/** The item on show. */
let shown: LoadedItem<readonly Box[], FakeMedia> | null;
/** What the page knows better than the session. */
let suffix: string;

function open() {
  return createItems(createClient(session.connect(), new AbortController().signal), task, {
    complete: (view, value) => ({ view: { ...view, name: `${view.name}${suffix}` }, value }),
    shown: () => shown,
  });
}

const released = () => task.released.map(({ index }: FakeMedia) => index);

beforeEach(() => {
  vi.useFakeTimers();
  session = new FakeSession(20);
  task = fakeTask();
  shown = null;
  suffix = "";
});
afterEach(() => {
  vi.useRealTimers();
});

describe("items", () => {
  it("loads an item with its media and value", async () => {
    session.remote(3, { created: [{ id: "a", label: "cat", left: 1, top: 2, width: 3, height: 4, attributes: {} }] });
    const promise = open().load(3);
    await settle();
    const item = await promise;
    expect(item.view).toMatchObject({ index: 3, id: session.item(3).id, name: "image-3.png", state: "draft" });
    expect(item.value).toEqual([{ id: "a", label: "cat", left: 1, top: 2, width: 3, height: 4, attributes: {} }]);
    expect(item.media).toEqual({ index: 3 });
  });

  it("gives an item that was fetched ahead at once, without asking again", async () => {
    const items = open();
    items.prefetch([1, 2]);
    await settle();
    expect(items.peek(1)?.view.index).toBe(1);
    session.busy = true;
    expect((await items.load(2)).view.index).toBe(2);
    expect(session.asked("open")).toHaveLength(2);
  });

  it("does not fetch ahead what is there or on its way", async () => {
    const items = open();
    items.prefetch([1]);
    items.prefetch([1]);
    await settle();
    items.prefetch([1]);
    await settle();
    expect(session.asked("open")).toHaveLength(1);
  });

  it("asks once for loads of one item at the same time", async () => {
    const items = open();
    const loads = Promise.all([items.load(5), items.load(5)]);
    await settle();
    const [one, other] = await loads;
    expect(one).toBe(other);
    expect(session.asked("open")).toHaveLength(1);
  });

  it("keeps six items, drops the one used longest ago and releases its media", async () => {
    const items = open();
    items.prefetch([0, 1, 2, 3, 4, 5]);
    await settle();
    expect(released()).toEqual([]);
    await items.load(0); // used again, so 1 is the oldest
    items.prefetch([6]);
    await settle();
    expect(released()).toEqual([1]);
    expect(items.peek(1)).toBeUndefined();
    expect(items.peek(0)?.view.index).toBe(0);
    items.prefetch([7, 8]);
    await settle();
    expect(released()).toEqual([1, 2, 3]);
  });

  it("never releases the media of the item on show, however many others arrive", async () => {
    const items = open();
    items.prefetch([0]);
    await settle();
    shown = items.peek(0) ?? null;
    items.prefetch([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await settle();
    expect(items.peek(0)?.media).toEqual({ index: 0 });
    expect(released()).not.toContain(0);
    expect(released()).toEqual([1, 2, 3, 4]);
  });

  it("keeps fewer when they are heavy, but two in any case", async () => {
    for (const place of [0, 1, 2, 3]) task.weights.set(place, 150e6);
    task.weights.set(5, 1e9);
    const items = open();
    for (const place of [0, 1]) items.prefetch([place]);
    await settle();
    expect(released()).toEqual([]);
    items.prefetch([2]);
    await settle();
    expect(released()).toEqual([0]);
    expect(items.peek(0)).toBeUndefined();
    items.prefetch([4]); // weighs next to nothing
    await settle();
    expect(released()).toEqual([0]);
    items.prefetch([5]);
    await settle();
    expect(released()).toEqual([0, 1, 2]);
    expect([items.peek(4), items.peek(5)].map((item) => item?.media?.index)).toEqual([4, 5]);
  });

  it("never releases the media of the item on show, however heavy it is", async () => {
    task.weights.set(0, 1e9);
    const items = open();
    items.prefetch([0]);
    await settle();
    shown = items.peek(0) ?? null;
    for (const place of [1, 2, 3]) {
      items.prefetch([place]);
      await settle();
    }
    expect(items.peek(0)?.media).toEqual({ index: 0 });
    expect(released()).toEqual([1, 2]);
    expect(items.peek(3)?.media).toEqual({ index: 3 });
  });

  it("lets go of all but the item on show", async () => {
    const items = open();
    items.prefetch([0, 1, 2]);
    await settle();
    shown = items.peek(1) ?? null;
    items.clear();
    expect(released()).toEqual([0, 2]);
    expect([0, 1, 2].map((place) => items.peek(place)?.media)).toEqual([undefined, { index: 1 }, undefined]);
    shown = null;
    items.clear();
    expect(released()).toEqual([0, 2, 1]);
  });

  it("releases the media of what is forgotten, unless it is on show", async () => {
    const items = open();
    items.prefetch([0, 1]);
    await settle();
    shown = items.peek(0) ?? null;
    items.forget(1);
    items.forget(1);
    items.forget(0);
    expect(released()).toEqual([1]);
    expect(items.peek(0)).toBeUndefined();
    shown = null;
    items.clear();
    expect(released()).toEqual([1, 0]);
  });

  it("releases what arrives after its end, or was out of date on its way", async () => {
    const items = open();
    items.prefetch([0]);
    items.forget(0);
    await settle();
    expect(released()).toEqual([0]);
    items.dispose();
    expect(released()).toEqual([0, 0]);
    items.prefetch([1]);
    await settle();
    expect(released()).toEqual([0, 0, 1]);
  });

  it("releases media that others replace, and those only", async () => {
    const items = open();
    const loading = items.load(1);
    await settle();
    const item = await loading;
    items.put({ ...item, value: [] });
    expect(task.released).toEqual([]);
    const fresh = { index: 1 };
    items.put({ ...item, media: fresh });
    expect(task.released).toHaveLength(1);
    expect(task.released[0]).toBe(item.media);
    expect(items.peek(1)?.media).toBe(fresh);
  });

  it("completes what comes from the session when it comes, and once", async () => {
    const items = open();
    suffix = "!";
    items.prefetch([1]);
    await settle();
    suffix = "?";
    expect((await items.load(1)).view.name).toBe("image-1.png!");
  });

  it("asks again for what was changed elsewhere while it was on its way", async () => {
    const items = open();
    const loading = items.load(1);
    session.remote(1, { created: [{ id: "a", label: "cat", left: 1, top: 2, width: 3, height: 4, attributes: {} }] });
    items.forget(1);
    await settle();
    expect((await loading).value).toHaveLength(1);
    expect(session.asked("open")).toHaveLength(2);
    items.prefetch([1]);
    await settle();
    expect(session.asked("open")).toHaveLength(2);
  });

  it("has no use for a whole image whose item was forgotten meanwhile", async () => {
    session.large.add(1);
    const items = open();
    const glance = items.glance(1);
    await settle();
    expect((await glance).view.preview).toBe(true);
    const whole = items.whole(1);
    items.forget(1);
    await settle();
    expect(await whole).toBeNull();
    expect(items.peek(1)).toBeUndefined();
    expect(released()).toEqual([1]);
  });

  it("keeps what was done while the whole image was decoded", async () => {
    session.large.add(1);
    const items = open();
    const glance = items.glance(1);
    await settle();
    const small = await glance;
    let decoded: (media: FakeMedia) => void = () => undefined;
    task.load = () => new Promise((resolve) => (decoded = resolve));
    const whole = items.whole(1);
    await settle();
    items.put({ ...small, value: [box("a")] });
    decoded({ index: 1 });
    expect(await whole).toMatchObject({ value: [{ id: "a" }], view: { preview: false } });
  });

  it("asks again for what was forgotten", async () => {
    const items = open();
    items.prefetch([1]);
    await settle();
    items.forget(1);
    expect(items.peek(1)).toBeUndefined();
    items.prefetch([1]);
    await settle();
    expect(session.asked("open")).toHaveLength(2);
  });

  it("tells of a failure, and tries anew when asked again", async () => {
    const items = open();
    session.refusals.set("open", { code: "session", message: "not now", path: null });
    const failed = items.load(1).catch((error: Error) => error.message);
    await settle();
    expect(await failed).toBe("not now");
    session.refusals.clear();
    const loaded = items.load(1);
    await settle();
    expect((await loaded).view.index).toBe(1);
  });

  it("is quiet about a failure to fetch ahead", async () => {
    const items = open();
    session.refusals.set("open", { code: "session", message: "not now", path: null });
    items.prefetch([1]);
    await settle(); // an unhandled rejection would fail the run
    expect(items.peek(1)).toBeUndefined();
  });

  it("does not decode media that the session could not read", async () => {
    session.item(1).error = "the file is gone";
    const items = open();
    items.prefetch([1]);
    await settle();
    expect(items.peek(1)).toMatchObject({ media: null, view: { error: "the file is gone" } });
    expect(task.loaded).toEqual([]);
  });

  it("says in the item what the browser cannot decode", async () => {
    task.broken.add(1);
    const items = open();
    items.prefetch([1]);
    await settle();
    expect(items.peek(1)).toMatchObject({ media: null, view: { error: "the browser cannot show it (cannot decode)" } });
  });
});
