import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOutbox, type Outbox, type OutboxOptions } from "../../src/core/outbox";
import { type Client, type Reply, SessionError } from "../../src/core/transport";
import type { Operation, Receipt } from "../../src/generated/schema";

const KEY = "nblabel:job";

interface Request {
  readonly operation: Operation;
  answer(): void;
  refuse(code?: string): void;
  break(): void;
}

/** Collects requests; the test answers them, or does not. */
function createKernel() {
  const requests: Request[] = [];
  const client: Client = {
    origin: "page",
    onEvent: () => undefined,
    request<Result>(method: string, params: unknown) {
      expect(method).toBe("commit");
      return new Promise<Reply<Result>>((resolve, reject) => {
        const operation = params as Operation;
        requests.push({
          operation,
          answer: () => resolve({ result: receipt(operation) as Result, buffers: [] }),
          refuse: (code = "annotation") => reject(new SessionError({ code, message: "not like this", path: null })),
          break: () => reject(new Error("Kernel is dead")),
        });
      });
    },
  };
  const request = (place: number): Request => {
    const found = requests.at(place);
    if (!found) throw new Error(`nothing was sent as number ${place}`);
    return found;
  };
  return { client, requests, request, sent: () => requests.map(({ operation }) => operation.id) };
}

function operation(id: string): Operation {
  return { id, item: 1, kind: "change", change: null, undoes: null, seconds: 0 };
}

function receipt(done: Operation): Receipt {
  const progress = { total: 1, submitted: 0, skipped: 0 };
  return { operation: done, sequence: 1, index: 0, state: "draft", edited: false, progress, origin: "page", next: null };
}

function memory(content: Record<string, string> = {}): Pick<Storage, "getItem" | "setItem" | "removeItem"> & { content: Record<string, string> } {
  return {
    content,
    getItem: (key) => content[key] ?? null,
    setItem(key, value) {
      content[key] = value;
    },
    removeItem(key) {
      delete content[key];
    },
  };
}

const arrive = () => vi.advanceTimersByTimeAsync(0);
const waitingIds = (outbox: Outbox) => outbox.waiting.value.map(({ id }) => id);

let kernel: ReturnType<typeof createKernel>;
let acknowledged: string[];
let refused: string[];

function open(storage: OutboxOptions["storage"] = memory()): Outbox {
  return createOutbox({
    client: kernel.client,
    key: KEY,
    storage,
    acknowledged: ({ operation: done }) => acknowledged.push(done.id),
    refused: (done, error) => refused.push(`${done.id}: ${error.message}`),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  kernel = createKernel();
  acknowledged = [];
  refused = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe("order", () => {
  it("sends one operation at a time, in the order in which they were made", async () => {
    const outbox = open();
    for (const id of ["a", "b", "c"]) outbox.send(operation(id));
    await arrive();
    expect(kernel.sent()).toEqual(["a"]);
    kernel.request(0).answer();
    await arrive();
    expect(kernel.sent()).toEqual(["a", "b"]);
    expect(waitingIds(outbox)).toEqual(["b", "c"]);
    kernel.request(1).answer();
    await arrive();
    kernel.request(2).answer();
    await arrive();
    expect(kernel.sent()).toEqual(["a", "b", "c"]);
    expect(acknowledged).toEqual(["a", "b", "c"]);
    expect(outbox.state.value).toBe("saved");
  });

  it("is saved, saving, saved", async () => {
    const outbox = open();
    expect(outbox.state.value).toBe("saved");
    outbox.send(operation("a"));
    expect(outbox.state.value).toBe("saving");
    kernel.request(0).answer();
    await arrive();
    expect(outbox.state.value).toBe("saved");
  });
});

describe("a kernel that does not answer", () => {
  it("is told of after four seconds, and forgotten when it answers", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    await vi.advanceTimersByTimeAsync(3_999);
    expect(outbox.state.value).toBe("saving");
    await vi.advanceTimersByTimeAsync(1);
    expect(outbox.state.value).toBe("offline");
    outbox.send(operation("b"));
    expect(outbox.state.value).toBe("offline");
    kernel.request(0).answer();
    await arrive();
    expect(outbox.state.value).toBe("saving");
    kernel.request(1).answer();
    await arrive();
    expect(outbox.state.value).toBe("saved");
  });

  it("gets the same operation again, in ever longer intervals", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    outbox.send(operation("b"));
    const times: number[] = [0];
    for (let second = 1; second <= 600; second += 1) {
      const before = kernel.requests.length;
      await vi.advanceTimersByTimeAsync(1_000);
      if (kernel.requests.length > before) times.push(second);
    }
    expect(times).toEqual([0, 15, 45, 105, 225, 345, 465, 585]);
    expect(new Set(kernel.sent())).toEqual(new Set(["a"]));
    expect(waitingIds(outbox)).toEqual(["a", "b"]);
  });

  it("gets it at once when the person says so, and the intervals begin anew", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    await vi.advanceTimersByTimeAsync(10_000);
    outbox.retry();
    expect(kernel.sent()).toEqual(["a", "a"]);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(kernel.sent()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(kernel.sent()).toEqual(["a", "a", "a"]);
  });

  it("may answer the repetition only, when the first answer was lost", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    await vi.advanceTimersByTimeAsync(15_000);
    kernel.request(1).answer();
    await arrive();
    expect(acknowledged).toEqual(["a"]);
    expect(outbox.state.value).toBe("saved");
    await vi.advanceTimersByTimeAsync(300_000);
    expect(kernel.sent()).toEqual(["a", "a"]);
  });

  it("may answer all repetitions in the end: one of them counts", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    outbox.send(operation("b"));
    await vi.advanceTimersByTimeAsync(50_000);
    expect(kernel.sent()).toEqual(["a", "a", "a"]);
    for (const { answer } of [...kernel.requests]) answer();
    await arrive();
    expect(acknowledged).toEqual(["a"]);
    expect(kernel.sent()).toEqual(["a", "a", "a", "b"]);
    expect(waitingIds(outbox)).toEqual(["b"]);
  });

  it("does not make a refusal of a repetition count once the operation is durable", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    await vi.advanceTimersByTimeAsync(15_000);
    kernel.request(0).answer();
    kernel.request(1).refuse();
    await arrive();
    expect(acknowledged).toEqual(["a"]);
    expect(refused).toEqual([]);
    expect(outbox.state.value).toBe("saved");
  });
});

describe("a connection that cannot carry", () => {
  it("is not a refusal: the operation is kept and sent again", async () => {
    const storage = memory();
    const outbox = open(storage);
    outbox.send(operation("a"));
    kernel.request(0).break();
    await arrive();
    expect(refused).toEqual([]);
    expect(waitingIds(outbox)).toEqual(["a"]);
    expect(storage.content[KEY]).toContain('"a"');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(outbox.state.value).toBe("offline");
    await vi.advanceTimersByTimeAsync(11_000);
    expect(kernel.sent()).toEqual(["a", "a"]);
    kernel.request(1).answer();
    await arrive();
    expect(acknowledged).toEqual(["a"]);
    expect(outbox.state.value).toBe("saved");
  });
});

describe("a store that cannot write now", () => {
  it("is no reason to drop the work: it says so, keeps it, and tries again", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    kernel.request(0).refuse("store");
    await arrive();
    expect(refused).toEqual([]);
    expect(outbox.state.value).toBe("error");
    expect(outbox.problem.value).toBe("not like this");
    outbox.send(operation("b"));
    expect(outbox.state.value).toBe("error");
    expect(waitingIds(outbox)).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(kernel.sent()).toEqual(["a", "a"]);
    kernel.request(1).answer();
    await arrive();
    expect(outbox.state.value).toBe("saving");
    kernel.request(2).answer();
    await arrive();
    expect(acknowledged).toEqual(["a", "b"]);
    expect(outbox.state.value).toBe("saved");
  });
});

describe("a refused operation", () => {
  it("is dropped and told of, and the next one goes on", async () => {
    const storage = memory();
    const outbox = open(storage);
    outbox.send(operation("a"));
    outbox.send(operation("b"));
    kernel.request(0).refuse();
    await arrive();
    expect(refused).toEqual(["a: not like this"]);
    expect(outbox.state.value).toBe("error");
    expect(outbox.problem.value).toBe("not like this");
    expect(kernel.sent()).toEqual(["a", "b"]);
    expect(storage.content[KEY]).not.toContain('"a"');
    kernel.request(1).answer();
    await arrive();
    expect(acknowledged).toEqual(["b"]);
    expect(outbox.state.value).toBe("error");
  });

  it("is forgotten with the next thing that the person does", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    kernel.request(0).refuse();
    await arrive();
    outbox.send(operation("b"));
    expect(outbox.problem.value).toBeNull();
    kernel.request(1).answer();
    await arrive();
    expect(outbox.state.value).toBe("saved");
  });
});

describe("the copy in the browser", () => {
  it("is made before anything is sent, and taken away when all is durable", async () => {
    const storage = memory();
    const outbox = open(storage);
    outbox.send(operation("a"));
    outbox.send(operation("b"));
    expect(JSON.parse(storage.content[KEY] ?? "")).toEqual([operation("a"), operation("b")]);
    kernel.request(0).answer();
    await arrive();
    expect(JSON.parse(storage.content[KEY] ?? "")).toEqual([operation("b")]);
    kernel.request(1).answer();
    await arrive();
    expect(storage.content).toEqual({});
  });

  it("is sent after a reload, under the same ids, before what is new", async () => {
    const storage = memory();
    const before = open(storage);
    before.send(operation("a"));
    before.send(operation("b"));
    before.dispose();
    kernel = createKernel();
    const after = open(storage);
    expect(waitingIds(after)).toEqual(["a", "b"]);
    expect(after.state.value).toBe("saving");
    after.retry();
    after.send(operation("c"));
    for (const place of [0, 1, 2]) {
      kernel.request(place).answer();
      await arrive();
    }
    expect(kernel.sent()).toEqual(["a", "b", "c"]);
    expect(after.state.value).toBe("saved");
    expect(storage.content).toEqual({});
  });

  it.each(["", "not JSON", "null", "{}", "7", '"text"', "[null]", '[{"item": 3}]'])("may be broken: %j", async (broken) => {
    const outbox = open(memory({ [KEY]: broken }));
    expect(outbox.state.value).toBe("saved");
    outbox.retry();
    outbox.send(operation("a"));
    kernel.request(0).answer();
    await arrive();
    expect(acknowledged).toEqual(["a"]);
  });

  it("of another session is left alone", () => {
    const storage = memory({ "nblabel:other": JSON.stringify([operation("x")]) });
    open(storage).retry();
    expect(kernel.sent()).toEqual([]);
    expect(Object.keys(storage.content)).toEqual(["nblabel:other"]);
  });

  const fails = (): never => {
    throw new DOMException("QuotaExceededError");
  };
  it.each<[string, OutboxOptions["storage"]]>([
    ["full", { ...memory(), setItem: fails }],
    ["forbidden", { getItem: fails, setItem: fails, removeItem: fails }],
    ["absent", null],
  ])("may be %s: the work is saved all the same", async (_, storage) => {
    const outbox = open(storage);
    outbox.send(operation("a"));
    outbox.send(operation("b"));
    kernel.request(0).answer();
    await arrive();
    kernel.request(1).answer();
    await arrive();
    expect(acknowledged).toEqual(["a", "b"]);
    expect(outbox.state.value).toBe("saved");
  });
});

describe("dispose", () => {
  it("leaves no timer behind", () => {
    const outbox = open();
    outbox.send(operation("a"));
    outbox.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
