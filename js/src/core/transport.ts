import type { ErrorView, Request } from "../generated/schema";

/** Carries messages between this page and a session, wherever that runs: a kernel's comm, HTTP, a test's bridge. */
export interface Transport {
  send(message: unknown): void;
  /** Calls `listener` for each message from the session until `signal` aborts. */
  receive(listener: (message: unknown, buffers: DataView[]) => void, signal: AbortSignal): void;
}

export interface Reply<Result> {
  result: Result;
  buffers: DataView[];
}

/** What a session refused, with its stable code. */
export class SessionError extends Error {
  constructor(readonly view: ErrorView) {
    super(view.message);
    this.name = "SessionError";
  }
}

export interface Client {
  /** Names this page to the session, so that it knows its own echoes. */
  readonly origin: string;
  /** Resolves with the session's answer however long that takes; rejects with SessionError when it refuses. */
  request<Result>(method: string, params: unknown): Promise<Reply<Result>>;
  /** The same for what only looks: since answers come in order, it is sent again when a later request was answered first, because it was lost. */
  look<Result>(method: string, params: unknown): Promise<Reply<Result>>;
  onEvent(listener: (event: string, params: unknown) => void): void;
}

interface Waiting {
  readonly request: Request;
  readonly looks: boolean;
  resolve(reply: Reply<unknown>): void;
  reject(error: Error): void;
}

/** Short ids that two pages will not share. */
export function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Matches answers to requests by id and hands events on. */
export function createClient(transport: Transport, signal: AbortSignal): Client {
  const origin = makeId();
  const waiting = new Map<string, Waiting>();
  const listeners: ((event: string, params: unknown) => void)[] = [];
  let count = 0;

  transport.receive((message, buffers) => {
    if (!isRecord(message)) return;
    if (typeof message["event"] === "string") {
      for (const listener of listeners) listener(message["event"], message["params"]);
      return;
    }
    const id = String(message["id"]);
    const request = waiting.get(id);
    if (!request) return;
    resend(id);
    waiting.delete(id);
    if (isRecord(message["error"])) request.reject(new SessionError(errorView(message["error"])));
    else request.resolve({ result: message["result"], buffers });
  }, signal);

  /** Sends again what only looks and was sent before a request that is answered now. */
  function resend(answered: string): void {
    const before = [...waiting.values()].slice(0, [...waiting.keys()].indexOf(answered));
    for (const one of before.filter(({ looks }) => looks)) {
      waiting.delete(one.request.id);
      try {
        submit(one);
      } catch (error) {
        one.reject(error as Error);
      }
    }
  }

  function submit(one: Waiting): void {
    waiting.set(one.request.id, one);
    transport.send(one.request);
  }

  function ask<Result>(method: string, params: unknown, looks: boolean): Promise<Reply<Result>> {
    count += 1;
    const request: Request = { id: `${origin}-${count}`, method, params, origin };
    return new Promise<Reply<Result>>((resolve, reject) => {
      // The session's answers have the types that the generated schema states for each method.
      submit({ request, looks, resolve: resolve as Waiting["resolve"], reject });
    });
  }

  return {
    origin,
    request: (method, params) => ask(method, params, false),
    look: (method, params) => ask(method, params, true),
    onEvent: (listener) => listeners.push(listener),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function errorView(error: Record<string, unknown>): ErrorView {
  const path = error["path"];
  return { code: String(error["code"]), message: String(error["message"]), path: typeof path === "string" ? path : null };
}
