import { choiceTask } from "../core/choice";
import type { Command } from "../core/keys";
import type { TaskModule } from "../core/task";
import { decodeText, type TextMedia } from "../core/texts";
import type { Choice } from "../generated/schema";
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
    return { commands, fit: stage.fit, finish: () => false, cancel: () => false, zoom: stage.zoom, zoomBy: stage.zoomBy };
  },
};

export default task;
