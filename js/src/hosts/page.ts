import { createLabeler, type Opening } from "../core/labeler";
import { moduleFor } from "../core/module";
import type { TaskModule } from "../core/task";
import type { Transport } from "../core/transport";
import { mountShell } from "../ui/shell";

/**
 * Any page: portal, worker template, test.
 *
 * Gives `mount(element, opening, transport)`, which shows the labeler in `element` and returns a function that takes it away.
 */
export function page<Value, Change, Media>(task: TaskModule<Value, Change, Media>) {
  return (element: HTMLElement, opening: Opening, transport: Transport): (() => void) => {
    const labeler = createLabeler(moduleFor(task, opening.task), opening, transport);
    const unmount = mountShell(element, labeler);
    return () => {
      unmount();
      labeler.dispose();
    };
  };
}
