import { computed, signal } from "@preact/signals";
import { choiceTask } from "../core/choice";
import type { TaskModule } from "../core/task";
import type { Choice } from "../generated/schema";
import type { StageTool } from "../tools/tool";
import { loadImage } from "../ui/image";
import { createImageStage } from "../ui/image-stage";

/** A drag moves the image: nothing is drawn on it. */
const HAND: StageTool = {
  cursor: () => "grab",
  down: () => false,
  drag: () => undefined,
  up: () => undefined,
  hover: () => undefined,
  finish: () => false,
  cancel: () => false,
  draw: () => undefined,
};

const task: TaskModule<Choice, Choice, ImageBitmap> = {
  ...choiceTask,
  type: "image-classification",
  load: loadImage,
  release: (bitmap) => bitmap.close(),
  weight: (bitmap) => 4 * bitmap.width * bitmap.height,
  mount(element, context, life) {
    const stage = createImageStage(element, { item: context.item, tool: signal(HAND), paint: () => undefined }, life);
    const zoom = computed(() => (context.item.value?.media ? stage.view.value.zoom : null));
    return { commands: [], picture: stage.picture, fit: stage.fit, finish: () => false, cancel: () => false, zoom, zoomBy: stage.zoomBy };
  },
};

export default task;
