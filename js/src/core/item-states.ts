import type { ItemView, Progress } from "../generated/schema";

/** How an item stands after a change. */
export function touched(view: ItemView): ItemView {
  if (view.state === "submitted") return { ...view, edited: true };
  return view.state === "skipped" ? view : { ...view, state: "draft" };
}

/** How an item stands once it is handed in or passed over; skipping never takes back what was submitted. */
export function decided(view: ItemView, kind: "submit" | "skip"): ItemView {
  if (kind === "submit") return { ...view, state: "submitted", edited: false };
  return view.state === "submitted" ? view : { ...view, state: "skipped", edited: false };
}

/** Whether nothing is left to do with an item. */
export function isFinished(view: ItemView): boolean {
  return view.state === "skipped" || (view.state === "submitted" && !view.edited);
}

/** What may still be given to whoever labels, and how to look for it. */
export function waitingElsewhere({ ahead }: Progress): string {
  return `${ahead} more ${ahead === 1 ? "is" : "are"} with others, and may come back: go to the next item to look again.`;
}

/** What is told of a job when nothing comes next. */
export function allDone(progress: Progress): string {
  const { submitted, skipped, ahead } = progress;
  const count = skipped > 0 ? `${submitted} submitted, ${skipped} skipped` : `${submitted} submitted`;
  return `All items are done: ${count}. ${ahead > 0 ? waitingElsewhere(progress) : "You can still go back and change any of them."}`;
}

/** The progress after one item went from one state to another. */
export function counted(progress: Progress, from: ItemView["state"], to: ItemView["state"]): Progress {
  const step = (state: ItemView["state"]) => Number(to === state) - Number(from === state);
  return { ...progress, submitted: progress.submitted + step("submitted"), skipped: progress.skipped + step("skipped") };
}
