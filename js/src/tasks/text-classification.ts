import { choiceTask } from "../core/choice";
import type { Command } from "../core/keys";
import type { TaskModule } from "../core/task";
import { decodeText, type TextMedia } from "../core/texts";
import type { Choice } from "../generated/schema";
import { mountGrid } from "../ui/grid";
import { createTextStage } from "../ui/text-stage";

const LINES_PX = 80;

const task: TaskModule<Choice, Choice, TextMedia> = {
  ...choiceTask,
  type: "text-classification",
  load: async (data) => decodeText(data),
  release: () => undefined,
  weight: ({ text }) => 2 * text.length,
  mount(element, context, life) {
    const stage = createTextStage(element, context.item, life);
    const scroll = (action: string, title: string, by: number): Command => ({
      action,
      title,
      group: "View",
      run: () => stage.pages.scrollBy({ top: by }),
    });
    const commands = [scroll("scroll-down", "Scroll down", LINES_PX), scroll("scroll-up", "Scroll up", -LINES_PX)];
    const draw = ({ text }: TextMedia) => document.createTextNode(text);
    const grid = mountGrid(element, { context, choose: choiceTask.choosing.choose, draw, release: task.release }, life);
    return {
      commands,
      toggles: context.many.possible ? [grid.toggle] : [],
      fit: stage.fit,
      finish: grid.finish,
      cancel: grid.cancel,
      zoom: stage.zoom,
      zoomBy: stage.zoomBy,
    };
  },
};

export default task;
