import { computed, signal } from "@preact/signals";
import { choiceTask } from "../core/choice";
import type { TaskModule } from "../core/task";
import type { Choice } from "../generated/schema";
import { HAND } from "../tools/hand";
import { mountGrid } from "../ui/grid";
import { loadImage } from "../ui/image";
import { createImageStage } from "../ui/image-stage";

const task: TaskModule<Choice, Choice, ImageBitmap> = {
  ...choiceTask,
  type: "image-classification",
  load: loadImage,
  release: (bitmap) => bitmap.close(),
  weight: (bitmap) => 4 * bitmap.width * bitmap.height,
  mount(element, context, life) {
    const stage = createImageStage(element, { item: context.item, tool: signal(HAND), paint: () => undefined }, life);
    const zoom = computed(() => (context.item.value?.media ? stage.view.value.zoom : null));
    const grid = mountGrid(element, { context, choose: choiceTask.choosing.choose, draw, release: task.release }, life);
    const { fit, picture, zoomBy } = stage;
    return {
      commands: [],
      toggles: context.many.possible ? [grid.toggle] : [],
      picture,
      fit,
      finish: grid.finish,
      cancel: grid.cancel,
      zoom,
      zoomBy,
    };
  },
};

function draw(bitmap: ImageBitmap): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  return canvas;
}

export default task;
