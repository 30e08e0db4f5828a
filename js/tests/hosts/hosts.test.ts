import type { AnyModel } from "@anywidget/types";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Opening } from "../../src/core/labeler";
import type { Transport } from "../../src/core/transport";
import { jupyter } from "../../src/hosts/jupyter";
import { page } from "../../src/hosts/page";
import boundingBox from "../../src/tasks/bounding-box";
import { installBrowser, removeBrowser } from "../support/browser";
import { box, FakeSession } from "../support/session";
import { inspect } from "../support/shell";
import { settle } from "../support/time";

interface State {
  _task: Opening["task"];
  _opening: Omit<Opening, "task">;
}

/** An anywidget model whose comm ends at the session. */
function createModel(session: FakeSession) {
  const { task, ...opening } = session.opening();
  const state: State = { _task: task, _opening: opening };
  const handlers = new Set<(message: unknown, buffers: DataView[]) => void>();
  const transport = session.connect();
  transport.receive((message, buffers) => {
    for (const handler of [...handlers]) handler(message, buffers);
  }, new AbortController().signal);
  const model = {
    get: <Key extends keyof State>(key: Key) => state[key],
    send: (message: unknown) => transport.send(message),
    on(event: string, handler: (message: unknown, buffers: DataView[]) => void) {
      expect(event).toBe("msg:custom");
      handlers.add(handler);
    },
    off(event: string, handler: (message: unknown, buffers: DataView[]) => void) {
      expect(event).toBe("msg:custom");
      handlers.delete(handler);
    },
  };
  return { model: model as unknown as AnyModel<State>, handlers };
}

type Cleanup = () => void;

/** Calls what a host of anywidget calls, in its order. */
async function startWidget(model: AnyModel<State>) {
  const definition = jupyter(boundingBox)();
  const widget = typeof definition === "function" ? await definition() : definition;
  // No more than what hosts have given since the first anywidget.
  type Given<Key extends "initialize" | "render"> = Parameters<NonNullable<(typeof widget)[Key]>>[0];
  const end = (await widget.initialize?.({ model } as unknown as Given<"initialize">)) as Cleanup;
  const render = async (el: HTMLElement) => (await widget.render?.({ model, el } as unknown as Given<"render">)) as Cleanup;
  return { end, render };
}

let session: FakeSession;

function place(): HTMLElement {
  const element = document.createElement("div");
  document.body.append(element);
  return element;
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  installBrowser();
  session = new FakeSession();
});
afterEach(() => {
  vi.useRealTimers();
  removeBrowser();
});

const hosts: [string, (element: HTMLElement) => Promise<Cleanup>][] = [
  [
    "jupyter",
    async (element) => {
      const { end, render } = await startWidget(createModel(session).model);
      const remove = await render(element);
      return () => {
        remove();
        end();
      };
    },
  ],
  ["page", async (element) => page(boundingBox)(element, session.opening(), session.connect())],
];

describe.each(hosts)("the host %s", (host, mount) => {
  it("shows the item it was opened with before the session says anything", async () => {
    session.remote(0, { created: [box("a")] });
    session.busy = true;
    const element = place();
    const remove = await mount(element);
    await settle();
    const shell = inspect(element);
    expect(shell.get(".place").textContent).toBe("1 / 4");
    expect(shell.texts(".entries .text")).toEqual(["cat"]);
    expect(shell.stage.dataset["zoom"]).toBe("4");
    remove();
  });

  it("carries requests, answers with their media, and events", async () => {
    const element = place();
    const remove = await mount(element);
    await settle();
    const shell = inspect(element);
    await shell.drag([10, 20], [40, 60]);
    expect(session.item(0).value).toMatchObject([{ left: 10, top: 20, width: 30, height: 40 }]);
    await shell.press("Enter");
    expect(session.item(0).state).toBe("submitted");
    expect(shell.get(".place").textContent).toBe("2 / 4");
    expect(shell.has(".cover")).toBe(false);
    session.remote(1, { created: [box("r")] });
    await settle();
    expect(shell.texts(".entries .text")).toEqual(["cat"]);
    remove();
  });

  it("takes everything away, and hears nothing any more", async () => {
    const element = place();
    const remove = await mount(element);
    await settle();
    const before = session.requests.length;
    remove();
    expect(element.childNodes).toHaveLength(0);
    session.moveFrom(3, null);
    await settle();
    expect(session.requests.slice(before).map(({ method }) => method)).toEqual(host === "jupyter" ? ["leave"] : []);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the host jupyter", () => {
  it("has one labeler for a model, however many views show it", async () => {
    const { model } = createModel(session);
    const { end, render } = await startWidget(model);
    const [one, other] = [place(), place()];
    const removeOne = await render(one);
    const removeOther = await render(other);
    await settle();
    await inspect(one).drag([10, 20], [40, 60]);
    expect(session.committed).toHaveLength(1);
    expect(inspect(other).texts(".entries .text")).toEqual(["cat"]);
    await inspect(other).press("z", { ctrlKey: true });
    expect(session.ids(0)).toEqual([]);
    expect(inspect(one).texts(".entries .text")).toEqual([]);
    await inspect(other).press("d");
    expect(inspect(one).get(".place").textContent).toBe("2 / 4");
    expect(new Set(session.requests.map(({ origin }) => origin)).size).toBe(1);
    removeOne();
    await inspect(other).press("d");
    expect(inspect(other).get(".place").textContent).toBe("3 / 4");
    removeOther();
    end();
  });

  it("opens again in the place of a view that was taken away", async () => {
    const { end, render } = await startWidget(createModel(session).model);
    const element = place();
    (await render(element))();
    session.remote(0, { created: [box("a")] });
    const remove = await render(element);
    await settle();
    expect(inspect(element).texts(".entries .text")).toEqual(["cat"]);
    remove();
    end();
  });

  it("tells the session when the last view was taken away, not before, and again the next time", async () => {
    const { end, render } = await startWidget(createModel(session).model);
    await settle();
    const told = () => session.asked("leave").length;
    const [removeOne, removeOther] = [await render(place()), await render(place())];
    await settle();
    removeOne();
    await settle();
    expect(told()).toBe(0);
    removeOther();
    await settle();
    expect(told()).toBe(1);
    const removeThird = await render(place());
    await settle();
    expect(told()).toBe(1);
    removeThird();
    await settle();
    expect(told()).toBe(2);
    end();
  });

  it("does not tell it when a view is there again before all was durable", async () => {
    const { end, render } = await startWidget(createModel(session).model);
    const element = place();
    const remove = await render(element);
    await settle();
    session.busy = true;
    await inspect(element).drag([10, 20], [40, 60]);
    remove();
    const again = await render(element);
    session.resume();
    await settle();
    expect(session.ids(0)).toHaveLength(1);
    expect(session.asked("leave")).toEqual([]);
    again();
    end();
  });

  it("lets go of the model in the end", async () => {
    const { model, handlers } = createModel(session);
    const { end } = await startWidget(model);
    await settle();
    expect(handlers.size).toBe(1);
    end();
    expect(handlers.size).toBe(0);
  });
});

describe("the host page", () => {
  it("serves two labelers on one page that do not disturb each other", async () => {
    const transport: Transport = session.connect();
    const another = new FakeSession();
    const [one, other] = [place(), place()];
    const mount = page(boundingBox);
    const removes = [mount(one, session.opening(0, "one"), transport), mount(other, another.opening(0, "other"), another.connect())];
    await settle();
    await inspect(one).press("s");
    expect(session.item(0).state).toBe("skipped");
    expect(another.item(0).state).toBe("unlabeled");
    expect(inspect(other).get(".place").textContent).toBe("1 / 4");
    for (const remove of removes) remove();
  });
});
