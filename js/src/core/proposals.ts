import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Proposal } from "../generated/schema";
import { type Draft, readDraft } from "./draft";
import { makeId } from "./transport";
import type { Point, Size } from "./viewport";

/** A click, or a line that was scribbled: this belongs to the object, or it does not. */
export interface PromptMark {
  readonly points: readonly Point[];
  readonly positive: boolean;
}

/** What was pointed at for one object: `nblabel.assist.Prompts`. */
export interface Prompts {
  readonly extremes: readonly Point[];
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number } | null;
  readonly marks: readonly PromptMark[];
}

export type ProposalState = "preparing" | "working" | "ready" | "failed";

/** A mask that waits to be accepted. */
export interface Proposals {
  readonly state: ReadonlySignal<ProposalState | null>;
  /** Why there is none. */
  readonly problem: ReadonlySignal<string | null>;
  /** The mask that was found last; it stays while a better one is looked for. */
  readonly found: ReadonlySignal<Draft | null>;
  ask(item: Size & { readonly index: number }, prompts: Prompts): void;
  /** Takes an event of the session. */
  receive(proposal: Proposal): void;
  drop(): void;
}

/** `call` asks the session; it rejects when that refuses. */
export function createProposals(call: (method: string, params: unknown) => Promise<unknown>): Proposals {
  const state = signal<ProposalState | null>(null);
  const problem = signal<string | null>(null);
  const found = signal<Draft | null>(null);
  let asked: (Size & { readonly token: string }) | null = null;

  function fail(message: string): void {
    batch(() => {
      state.value = "failed";
      problem.value = message;
    });
  }

  return {
    state,
    problem,
    found,
    ask({ width, height, index }, prompts) {
      const token = makeId();
      asked = { width, height, token };
      state.value = "working";
      problem.value = null;
      call("segment", { index, token, prompts }).catch((error: Error) => {
        if (asked?.token === token) fail(error.message);
      });
    },
    receive({ token, state: now, runs, message }) {
      if (asked?.token !== token) return;
      if (now === "failed") return fail(message ?? "The segmenter found nothing.");
      const mask = now === "ready" && runs !== null ? readDraft(asked, runs) : null;
      batch(() => {
        state.value = now;
        if (mask) found.value = mask;
      });
    },
    drop() {
      if (asked === null) return;
      if (state.value === "working" || state.value === "preparing") call("drop", {}).catch(() => undefined);
      asked = null;
      batch(() => {
        state.value = null;
        problem.value = null;
        found.value = null;
      });
    },
  };
}
