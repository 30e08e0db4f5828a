import type { AnyModel, AnyWidget } from "@anywidget/types";
import { createLabeler, type Labeler, type Opening } from "../core/labeler";
import { moduleFor } from "../core/module";
import type { TaskModule } from "../core/task";
import type { Transport } from "../core/transport";
import type { TaskView } from "../generated/schema";
import { mountShell } from "../ui/shell";

interface State {
  _task: TaskView;
  _opening: Omit<Opening, "task">;
}

/** JupyterLab, Notebook, VS Code and others that speak the anywidget protocol: one labeler a model, one shell a view. */
export function jupyter<Value, Change, Media>(task: TaskModule<Value, Change, Media>): () => AnyWidget<State> {
  return () => {
    let labeler: Labeler<unknown, unknown, Media> | null = null;
    let views = 0;
    return {
      initialize({ model }) {
        const opening = model.get("_opening");
        const view = model.get("_task");
        const running = createLabeler(moduleFor(task, view), { ...opening, task: view }, comm(model));
        labeler = running;
        return () => running.dispose();
      },
      render({ el }) {
        const running = labeler;
        if (!running) return undefined;
        const unmount = mountShell(el, running);
        views += 1;
        running.stay();
        return () => {
          unmount();
          views -= 1;
          if (views === 0) running.leave();
        };
      },
    };
  };
}

function comm(model: AnyModel<State>): Transport {
  return {
    send: (message) => model.send(message),
    receive(listener, signal) {
      const handle = (message: unknown, buffers: DataView[]) => listener(message, buffers);
      model.on("msg:custom", handle);
      signal.addEventListener("abort", () => model.off("msg:custom", handle));
    },
  };
}
