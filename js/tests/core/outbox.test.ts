import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createKeeper, type Keeper } from "../../src/core/keeper";
import { createOutbox, type Outbox } from "../../src/core/outbox";
import { type Client, type Reply, SessionError } from "../../src/core/transport";
import type { Operation, Receipt } from "../../src/generated/schema";
import { memory, useless } from "../support/storage";

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
  const client: Pick<Client, "request"> = {
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

function operation(id: string, item = 1): Operation {
  return { id, item, kind: "change", change: null, undoes: null, seconds: 0, answers: [], reopens: [], batch: null, basis: null };
}

function receipt(done: Operation): Receipt {
  const progress = { total: 1, submitted: 0, skipped: 0, ahead: 0 };
  return { operation: done, sequence: 1, role: "do", index: 0, state: "draft", edited: false, progress, origin: "page", next: null };
}

/** Keeps what is not let go, in order. */
function fakeKeeper(...kept: Operation[]): Keeper & { ids(): string[] } {
  return {
    ids: () => kept.map(({ id }) => id),
    restore: () => [...kept],
    keep: (given) => kept.push(given),
    release({ id }) {
      kept.splice(
        kept.findIndex((one) => one.id === id),
        1,
      );
    },
  };
}

const arrive = () => vi.advanceTimersByTimeAsync(0);
const waitingIds = (outbox: Outbox) => outbox.waiting.value.map(({ id }) => id);

let kernel: ReturnType<typeof createKernel>;
let acknowledged: string[];
let refused: string[];

function open(keeper: Keeper = fakeKeeper()): Outbox {
  return createOutbox({
    client: kernel.client,
    keeper,
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
    const keeper = fakeKeeper();
    const outbox = open(keeper);
    outbox.send(operation("a"));
    kernel.request(0).break();
    await arrive();
    expect(refused).toEqual([]);
    expect(waitingIds(outbox)).toEqual(["a"]);
    expect(keeper.ids()).toEqual(["a"]);
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

  it("is tried again at once when the person says so", async () => {
    const keeper = fakeKeeper();
    const outbox = open(keeper);
    outbox.send(operation("a"));
    outbox.send(operation("b", 2));
    kernel.request(0).refuse("store");
    await arrive();
    expect(keeper.ids()).toEqual(["a", "b"]);
    expect(kernel.sent()).toEqual(["a"]); // nothing can be written, so nothing else is tried
    outbox.retry();
    expect(kernel.sent()).toEqual(["a", "a"]);
    kernel.request(1).answer();
    await arrive();
    expect(outbox.problem.value).toBeNull();
    expect(kernel.sent()).toEqual(["a", "a", "b"]);
  });
});

describe("an item that cannot be saved for now", () => {
  it.each(["media", "storage", "session", "internal"])("keeps all that was done to it, while others go on: %s", async (code) => {
    const keeper = fakeKeeper();
    const outbox = open(keeper);
    for (const [id, item] of [
      ["a", 1],
      ["b", 2],
      ["c", 1],
      ["d", 3],
    ] as const) {
      outbox.send(operation(id, item));
    }
    kernel.request(0).refuse(code);
    await arrive();
    expect(outbox.state.value).toBe("error");
    expect(outbox.problem.value).toBe("not like this");
    kernel.request(1).answer();
    await arrive();
    kernel.request(2).answer();
    await arrive();
    expect(kernel.sent()).toEqual(["a", "b", "d"]);
    expect(acknowledged).toEqual(["b", "d"]);
    expect(refused).toEqual([]);
    expect(waitingIds(outbox)).toEqual(["a", "c"]);
    expect(keeper.ids()).toEqual(["a", "c"]);
    expect(outbox.state.value).toBe("error");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(kernel.sent()).toEqual(["a", "b", "d"]);
  });

  it("keeps, too, what is done to it afterwards, and stays told of", async () => {
    const keeper = fakeKeeper();
    const outbox = open(keeper);
    outbox.send(operation("a"));
    kernel.request(0).refuse("media");
    await arrive();
    outbox.send(operation("b"));
    outbox.send(operation("c", 2));
    expect(kernel.sent()).toEqual(["a", "c"]);
    expect(outbox.problem.value).toBe("not like this");
    kernel.request(1).answer();
    await arrive();
    expect(outbox.state.value).toBe("error");
    expect(outbox.problem.value).toBe("not like this");
    expect(keeper.ids()).toEqual(["a", "b"]);
  });

  it("is tried again when the person says so, in order", async () => {
    const keeper = fakeKeeper();
    const outbox = open(keeper);
    outbox.send(operation("a"));
    outbox.send(operation("b"));
    kernel.request(0).refuse("media");
    await arrive();
    outbox.retry();
    expect(outbox.problem.value).toBeNull();
    expect(outbox.state.value).toBe("saving");
    expect(kernel.sent()).toEqual(["a", "a"]);
    kernel.request(1).answer();
    await arrive();
    kernel.request(2).answer();
    await arrive();
    expect(acknowledged).toEqual(["a", "b"]);
    expect(outbox.state.value).toBe("saved");
    expect(keeper.ids()).toEqual([]);
  });

  it("may be in vain again, and is told of again", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    kernel.request(0).refuse("media");
    await arrive();
    outbox.retry();
    kernel.request(1).refuse("media");
    await arrive();
    expect(outbox.state.value).toBe("error");
    expect(waitingIds(outbox)).toEqual(["a"]);
  });

  it("does not count as a kernel that does not answer", async () => {
    const outbox = open();
    outbox.send(operation("a"));
    kernel.request(0).refuse("media");
    await arrive();
    expect(vi.getTimerCount()).toBe(0);
    outbox.send(operation("b"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(outbox.state.value).toBe("error");
  });

  it("is sent after a reload", async () => {
    const keeper = fakeKeeper();
    const before = open(keeper);
    before.send(operation("a"));
    before.send(operation("b", 2));
    kernel.request(0).refuse("media");
    await arrive();
    kernel.request(1).answer();
    await arrive();
    before.dispose();
    kernel = createKernel();
    const after = open(keeper);
    expect(waitingIds(after)).toEqual(["a"]);
    after.retry();
    kernel.request(0).answer();
    await arrive();
    expect(after.state.value).toBe("saved");
    expect(keeper.ids()).toEqual([]);
  });
});

describe("an operation refused for good", () => {
  it.each(["annotation", "schema"])("is dropped and told of, and the next one goes on: %s", async (code) => {
    const keeper = fakeKeeper();
    const outbox = open(keeper);
    outbox.send(operation("a"));
    outbox.send(operation("b"));
    kernel.request(0).refuse(code);
    await arrive();
    expect(refused).toEqual(["a: not like this"]);
    expect(outbox.state.value).toBe("error");
    expect(outbox.problem.value).toBe("not like this");
    expect(kernel.sent()).toEqual(["a", "b"]);
    expect(keeper.ids()).toEqual(["b"]);
    expect(waitingIds(outbox)).toEqual(["b"]);
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
    const keeper = fakeKeeper();
    let early: string[] | null = null;
    const request = kernel.client.request;
    vi.spyOn(kernel.client, "request").mockImplementation((...parameters) => {
      early ??= keeper.ids();
      return request(...parameters);
    });
    const outbox = open(keeper);
    outbox.send(operation("a"));
    outbox.send(operation("b"));
    expect(early).toEqual(["a"]);
    expect(keeper.ids()).toEqual(["a", "b"]);
    kernel.request(0).answer();
    await arrive();
    expect(keeper.ids()).toEqual(["b"]);
    kernel.request(1).answer();
    await arrive();
    expect(keeper.ids()).toEqual([]);
  });

  it("is sent after a reload, under the same ids, before what is new", async () => {
    const storage = memory();
    const before = open(createKeeper(storage, KEY));
    before.send(operation("b"));
    await vi.advanceTimersByTimeAsync(1);
    before.send(operation("a"));
    before.dispose();
    kernel = createKernel();
    const after = open(createKeeper(storage, KEY));
    expect(waitingIds(after)).toEqual(["b", "a"]);
    expect(after.state.value).toBe("saving");
    after.retry();
    after.send(operation("c"));
    for (const place of [0, 1, 2]) {
      kernel.request(place).answer();
      await arrive();
    }
    expect(kernel.sent()).toEqual(["b", "a", "c"]);
    expect(after.state.value).toBe("saved");
    expect(storage.content).toEqual({});
  });

  it("may be broken: that stops nothing", async () => {
    const outbox = open(createKeeper(memory({ [`${KEY}/x`]: "not JSON" }), KEY));
    expect(outbox.state.value).toBe("saved");
    outbox.retry();
    outbox.send(operation("a"));
    kernel.request(0).answer();
    await arrive();
    expect(acknowledged).toEqual(["a"]);
    expect(outbox.state.value).toBe("saved");
  });

  it.each(useless)("may be impossible because the storage is %s: the work is saved all the same", async (_, storage) => {
    const outbox = open(createKeeper(storage(), KEY));
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
