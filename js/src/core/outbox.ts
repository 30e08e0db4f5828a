import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Operation, Receipt } from "../generated/schema";
import { type Client, SessionError } from "./transport";

export type SavingState = "saved" | "saving" | "offline" | "error";

export interface Outbox {
  readonly state: ReadonlySignal<SavingState>;
  /** Operations that are not yet durable, oldest first. */
  readonly waiting: ReadonlySignal<readonly Operation[]>;
  /** What went wrong last, until it is put right. */
  readonly problem: ReadonlySignal<string | null>;
  send(operation: Operation): void;
  /** Tries again at once what still waits. */
  retry(): void;
  dispose(): void;
}

export interface OutboxOptions {
  client: Client;
  /** Names the session across reloads; what was not acknowledged is kept under it. */
  key: string;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null;
  /** An operation is durable. */
  acknowledged(receipt: Receipt): void;
  /** The session refused an operation; its item must be loaded again. */
  refused(operation: Operation, error: Error): void;
}

/** Silence after which a person is told that the work waits in the browser. */
const PATIENCE_MS = 4_000;
/** First interval after which an operation is sent again; it doubles each time, since a busy kernel answers all of them in the end. */
const RESEND_MS = 15_000;
const LONGEST_RESEND_MS = 120_000;

/**
 * Sends finished gestures one after the other and keeps each until the session has made it durable.
 *
 * Nothing here blocks the person who draws: a gesture is on screen before it is sent. Sending twice is harmless, because the session knows an
 * operation by its id.
 */
export function createOutbox({ client, key, storage, acknowledged, refused }: OutboxOptions): Outbox {
  const waiting = signal<readonly Operation[]>(restore());
  const silent = signal(false);
  const problem = signal<string | null>(null);
  let sending: string | null = null;
  /** The session answers, but cannot write for now. */
  let stuck = false;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let resend: ReturnType<typeof setTimeout> | undefined;

  function restore(): Operation[] {
    try {
      const kept: unknown = JSON.parse(storage?.getItem(key) ?? "[]");
      return Array.isArray(kept) ? kept.filter((operation) => typeof operation?.id === "string") : [];
    } catch {
      return [];
    }
  }

  function keep(operations: readonly Operation[]): void {
    waiting.value = operations;
    try {
      if (operations.length > 0) storage?.setItem(key, JSON.stringify(operations));
      else storage?.removeItem(key);
    } catch {
      // A full or forbidden storage costs only the second copy: the operations are still here and still sent.
    }
  }

  function pump(): void {
    const operation = waiting.value[0];
    if (!operation) {
      silent.value = false;
      return;
    }
    if (sending === operation.id) return;
    sending = operation.id;
    patience = setTimeout(() => {
      silent.value = true;
    }, PATIENCE_MS);
    attempt(operation, RESEND_MS);
  }

  function attempt(operation: Operation, interval: number): void {
    resend = setTimeout(() => attempt(operation, Math.min(interval * 2, LONGEST_RESEND_MS)), interval);
    client.request<Receipt>("commit", operation).then(
      ({ result }) =>
        settle(operation, () => {
          if (stuck) problem.value = null;
          acknowledged(result);
        }),
      (error: Error) => {
        if (isFinal(error)) {
          settle(operation, () => {
            problem.value = error.message;
            refused(operation, error);
          });
        } else if (error instanceof SessionError && sending === operation.id) {
          stuck = true;
          problem.value = error.message;
        }
      },
    );
  }

  function settle(operation: Operation, then: () => void): void {
    if (sending !== operation.id) return; // an answer to a repeated request
    clearTimeout(patience);
    clearTimeout(resend);
    sending = null;
    silent.value = false;
    keep(waiting.value.filter(({ id }) => id !== operation.id));
    then();
    stuck = false;
    pump();
  }

  function retry(): void {
    const operation = waiting.value[0];
    clearTimeout(resend);
    if (operation && sending === operation.id) attempt(operation, RESEND_MS);
    else pump();
  }

  return {
    state: computed(() => {
      if (problem.value !== null) return "error";
      if (waiting.value.length === 0) return "saved";
      return silent.value ? "offline" : "saving";
    }),
    waiting,
    problem,
    send(operation) {
      if (!stuck) problem.value = null;
      keep([...waiting.value, operation]);
      pump();
    },
    retry,
    dispose() {
      clearTimeout(patience);
      clearTimeout(resend);
    },
  };
}

/** A refusal, after which sending again is in vain; a full disk, a locked store or a dead kernel is none, and the work is kept until it is over. */
function isFinal(error: Error): boolean {
  return error instanceof SessionError && error.view.code !== "store";
}
