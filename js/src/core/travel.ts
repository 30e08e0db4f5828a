import type { Receipt } from "../generated/schema";
import type { History, Own, Step } from "./history";

/** What going back and forth in the history needs of a labeler. */
export interface Traveller<Change> {
  readonly history: History<Change>;
  /** Goes to an item; false when the person has moved on meanwhile, or when it cannot be loaded. */
  reach(index: number): Promise<boolean>;
  /** Takes back, or brings back, what this page did itself; gives the id of the operation that does so, null when it no longer fits. */
  takeBack(own: Own<Change>, id: string, forward: boolean): string | null;
  /** Resolves once all of this page's own operations are durable; with false when the session is silent or cannot save. */
  settled(): Promise<boolean>;
  ask(method: "undo" | "redo"): Promise<Receipt | null>;
  receive(receipt: Receipt): void;
  inform(message: string): void;
  complain(error: unknown): void;
}

export interface Travel {
  undo(): Promise<void>;
  redo(): Promise<void>;
}

/** Undo and redo over all items: what this page did it takes back by itself, at once; for what was done elsewhere, or before it was loaded, it asks. */
export function createTravel<Change>(page: Traveller<Change>): Travel {
  /** One after the other: the item of the step before may still be on its way. */
  let travelling: Promise<void> = Promise.resolve();

  async function travel(forward: boolean): Promise<void> {
    const step = page.history.next(forward);
    if (!step?.own) {
      void ask(forward); // not waited for: a session that never answers must not stop what this page can do itself
      return;
    }
    if (!(await page.reach(step.index))) return;
    if (page.history.next(forward) === step) take(step, step.own, forward);
    else await travel(forward);
  }

  function take(step: Step<Change>, own: Own<Change>, forward: boolean): void {
    const id = page.takeBack(own, step.ids.at(-1) ?? "", forward);
    if (id === null) page.inform("That can no longer be taken back: the item was changed elsewhere.");
    page.history.took(forward, id);
  }

  async function ask(forward: boolean): Promise<void> {
    const step = page.history.next(forward);
    if (!(await page.settled())) return page.inform("What comes next was done elsewhere; it can be taken back once your own work is saved.");
    if (page.history.next(forward) !== step) return;
    try {
      const receipt = await page.ask(forward ? "redo" : "undo");
      if (!receipt) return page.inform(forward ? "Nothing to redo." : "Nothing to undo.");
      page.receive(receipt);
      await page.reach(receipt.index);
    } catch (error) {
      page.complain(error);
    }
  }

  function queue(forward: boolean): Promise<void> {
    travelling = travelling.then(() => travel(forward));
    return travelling;
  }

  return { undo: () => queue(false), redo: () => queue(true) };
}
