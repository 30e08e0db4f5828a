import type { Attribute, TaskView } from "../generated/schema";
import { described } from "./described";
import type { TaskModule } from "./task";
import { verification } from "./verification";

/** The module that a view wants of a task type: its own, or one around it, where items have attributes or labels are verified. */
export function moduleFor<Value, Change, Media>(task: TaskModule<Value, Change, Media>, view: TaskView): TaskModule<unknown, unknown, Media> {
  // Python wrote them from the same dataclasses; whoever gets the module only hands values and changes back to it.
  const verified = view.settings["verified"] as TaskView | undefined;
  const attributes = view.settings["itemAttributes"] as readonly Attribute[] | undefined;
  if (verified) return verification(moduleFor(task, verified), verified) as unknown as TaskModule<unknown, unknown, Media>;
  return (attributes ? described(task, attributes) : task) as unknown as TaskModule<unknown, unknown, Media>;
}
