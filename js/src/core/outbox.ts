import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Operation, Receipt } from "../generated/schema";
import type { Keeper } from "./keeper";
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
  /** Resolves once nothing waits; with false when that will take a person's doing, or a session that answers. */
  settled(): Promise<boolean>;
  dispose(): void;
}

export interface OutboxOptions {
  client: Pick<Client, "request">;
  keeper: Keeper;
  /** An operation is durable. */
  acknowledged(receipt: Receipt): void;
  /** The session refused an operation for good; its item must be loaded again. */
  refused(operation: Operation, error: Error): void;
}

/** Silence after which a person is told that the work waits in the browser. */
const PATIENCE_MS = 4_000;
/** First interval after which an operation is sent again; it doubles each time, since a busy kernel answers all of them in the end. */
const RESEND_MS = 15_000;
const LONGEST_RESEND_MS = 120_000;

/** Refusals after which sending the same again is in vain. */
const FINAL = ["annotation", "conflict", "schema"];
/** A refusal that has nothing to do with the operation: the disk is full, the store is locked. */
const STORE = "store";

/**
 * Sends finished gestures one after the other and keeps each until the session has made it durable.
 *
 * Nothing here blocks the person who draws: a gesture is on screen before it is sent. Sending twice is harmless, because the session knows an
 * operation by its id. What cannot be saved for now, because its image is gone, say, waits beside the queue with all that was done to its item.
 */
export function createOutbox({ client, keeper, acknowledged, refused }: OutboxOptions): Outbox {
  const waiting = signal<readonly Operation[]>(keeper.restore());
  const silent = signal(false);
  /** Why the last operation was refused, or why none can be written. */
  const trouble = signal<string | null>(null);
  /** Items whose operations cannot be saved for now, and why. */
  const held = signal<ReadonlyMap<number, string>>(new Map());
  let sending: string | null = null;
  /** The session answers, but cannot write for now. */
  let stuck = false;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let resend: ReturnType<typeof setTimeout> | undefined;

  const problem = computed(() => trouble.value ?? held.value.values().next().value ?? null);

  function pump(): void {
    const operation = waiting.value.find(({ item }) => !held.value.has(item));
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
      ({ result }) => {
        if (!settle(operation)) return;
        unstick();
        drop(operation);
        acknowledged(result);
        pump();
      },
      // Anything else than a refusal is a carrier that failed: the operation is sent again.
      (error: Error) => error instanceof SessionError && refuse(operation, error),
    );
  }

  function refuse(operation: Operation, error: SessionError): void {
    if (error.view.code === STORE) {
      if (sending !== operation.id) return;
      stuck = true;
      trouble.value = error.message;
      return;
    }
    if (!settle(operation)) return;
    unstick();
    if (FINAL.includes(error.view.code)) {
      trouble.value = error.message;
      drop(operation);
      refused(operation, error);
    } else held.value = new Map(held.value).set(operation.item, error.message);
    pump();
  }

  /** Ends the sending of an operation; false for an answer to a repeated request. */
  function settle(operation: Operation): boolean {
    if (sending !== operation.id) return false;
    clearTimeout(patience);
    clearTimeout(resend);
    sending = null;
    silent.value = false;
    return true;
  }

  function unstick(): void {
    if (stuck) trouble.value = null;
    stuck = false;
  }

  function drop(operation: Operation): void {
    waiting.value = waiting.value.filter(({ id }) => id !== operation.id);
    keeper.release(operation);
  }

  function retry(): void {
    clearTimeout(resend);
    held.value = new Map();
    const current = waiting.value.find(({ id }) => id === sending);
    if (current) attempt(current, RESEND_MS);
    else pump();
  }

  const state = computed(() => {
    if (problem.value !== null) return "error";
    if (waiting.value.length === 0) return "saved";
    return silent.value ? "offline" : "saving";
  });

  function settled(): Promise<boolean> {
    return new Promise((resolve) => {
      const stop = effect(() => {
        if (state.value === "saving") return;
        resolve(waiting.value.length === 0);
        queueMicrotask(() => stop());
      });
    });
  }

  return {
    state,
    settled,
    waiting,
    problem,
    send(operation) {
      if (!stuck) trouble.value = null;
      waiting.value = [...waiting.value, operation];
      keeper.keep(operation);
      pump();
    },
    retry,
    dispose() {
      clearTimeout(patience);
      clearTimeout(resend);
    },
  };
}
