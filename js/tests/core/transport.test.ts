import { describe, expect, it } from "vitest";
import { createClient, makeId, SessionError, type Transport } from "../../src/core/transport";
import type { Request } from "../../src/generated/schema";

/** A transport of which the test is the other end. */
function bench() {
  const listeners = new Set<(message: unknown, buffers: DataView[]) => void>();
  const sent: Request[] = [];
  const transport: Transport = {
    send(message) {
      sent.push(message as Request);
    },
    receive(listener, signal) {
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener));
    },
  };
  const arrive = (message: unknown, buffers: DataView[] = []) => {
    for (const listener of listeners) listener(message, buffers);
  };
  const request = (place: number): Request => {
    const found = sent[place];
    if (!found) throw new Error(`nothing was sent as number ${place}`);
    return found;
  };
  return { transport, sent, arrive, request, listeners };
}

const alive = () => new AbortController().signal;

describe("client", () => {
  it("sends what a session expects: id, method, params and origin", () => {
    const { transport, request } = bench();
    const client = createClient(transport, alive());
    void client.request("open", { index: 2 });
    expect(request(0)).toEqual({ id: expect.any(String), method: "open", params: { index: 2 }, origin: client.origin });
  });

  it("gives each request its own answer, in whatever order they come", async () => {
    const { transport, arrive, request } = bench();
    const client = createClient(transport, alive());
    const first = client.request("open", { index: 0 });
    const second = client.request("open", { index: 1 });
    const bytes = new DataView(new ArrayBuffer(1));
    arrive({ id: request(1).id, result: "second" });
    arrive({ id: request(0).id, result: "first" }, [bytes]);
    expect(await first).toEqual({ result: "first", buffers: [bytes] });
    expect(await second).toEqual({ result: "second", buffers: [] });
  });

  it("sends again what only looks, once a later request was answered first", async () => {
    const { transport, arrive, request, sent } = bench();
    const client = createClient(transport, alive());
    const looked = client.look("open", { index: 0 });
    void client.request("undo", {});
    const later = client.look("open", { index: 1 });
    void client.look("open", { index: 2 });
    arrive({ id: request(2).id, result: "later" });
    expect((await later).result).toBe("later");
    expect(sent.slice(4)).toEqual([request(0)]);
    arrive({ id: request(0).id, result: "looked" });
    arrive({ id: request(0).id, result: "looked twice" });
    expect((await looked).result).toBe("looked");
    expect(sent.slice(5)).toEqual([request(3)]);
  });

  it("takes null for an answer", async () => {
    const { transport, arrive, request } = bench();
    const answer = createClient(transport, alive()).request("undo", {});
    arrive({ id: request(0).id, result: null });
    expect((await answer).result).toBeNull();
  });

  it("rejects with the session's code, message and path", async () => {
    const { transport, arrive, request } = bench();
    const answer = createClient(transport, alive()).request("commit", {});
    arrive({ id: request(0).id, error: { code: "annotation", message: "too wide", path: "/created/0" } });
    const error = await answer.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionError);
    expect(error).toMatchObject({ message: "too wide", view: { code: "annotation", message: "too wide", path: "/created/0" } });
  });

  it("rejects, too, when an error has no path", async () => {
    const { transport, arrive, request } = bench();
    const answer = createClient(transport, alive()).request("commit", {});
    arrive({ id: request(0).id, error: { code: "session", message: "no" } });
    await expect(answer).rejects.toMatchObject({ view: { code: "session", path: null } });
  });

  it("rejects when the transport cannot send", async () => {
    const client = createClient(
      {
        send: () => {
          throw new Error("Kernel is dead");
        },
        receive: () => undefined,
      },
      alive(),
    );
    const error = await client.request("open", {}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: "Kernel is dead" });
    expect(error).not.toBeInstanceOf(SessionError);
  });

  it("hands events to all who listen, and to nobody else", () => {
    const { transport, arrive } = bench();
    const client = createClient(transport, alive());
    const heard: unknown[] = [];
    client.onEvent((event, params) => heard.push(["one", event, params]));
    client.onEvent((event, params) => heard.push(["two", event, params]));
    arrive({ event: "moved", params: { index: 3 } });
    expect(heard).toEqual([
      ["one", "moved", { index: 3 }],
      ["two", "moved", { index: 3 }],
    ]);
  });

  it("ignores messages that are not for it", async () => {
    const { transport, arrive, request } = bench();
    const client = createClient(transport, alive());
    const answer = client.request("open", {});
    for (const foreign of [null, undefined, 7, "text", [], {}, { id: "other", result: 1 }, { id: null, error: { code: "x", message: "y" } }])
      arrive(foreign);
    arrive({ id: request(0).id, result: "mine" });
    arrive({ id: request(0).id, result: "again" });
    expect((await answer).result).toBe("mine");
  });

  it("does not take the answers of another client on the same transport", async () => {
    const { transport, arrive, request, sent } = bench();
    const one = createClient(transport, alive());
    const other = createClient(transport, alive());
    expect(one.origin).not.toBe(other.origin);
    const answers = [one.request("open", { index: 0 }), other.request("open", { index: 1 })];
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
    arrive({ id: request(1).id, result: "other" });
    arrive({ id: request(0).id, result: "one" });
    expect((await Promise.all(answers)).map(({ result }) => result)).toEqual(["one", "other"]);
  });

  it("stops listening when its life ends", () => {
    const { transport, listeners } = bench();
    const life = new AbortController();
    createClient(transport, life.signal);
    expect(listeners.size).toBe(1);
    life.abort();
    expect(listeners.size).toBe(0);
  });
});

describe("makeId", () => {
  it("makes short ASCII ids that differ", () => {
    const ids = Array.from({ length: 200 }, makeId);
    expect(new Set(ids).size).toBe(200);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}$/);
  });
});
