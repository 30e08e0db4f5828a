import { computed, effect, signal, untracked } from "@preact/signals";
import { move, resize, sameRectangle } from "../core/rectangle";
import { applyShapes, created, deleted, type ShapeChange, shapeSuggestions, updated } from "../core/shapes";
import type { Editor, TaskContext, TaskModule } from "../core/task";
import { makeId } from "../core/transport";
import type { Size } from "../core/viewport";
import type { Box } from "../generated/schema";
import { createBoxTool } from "../tools/box";
import { paintBoxes } from "../tools/box-painter";
import { type BoxScene, selectedBox } from "../tools/boxes";
import { createSelectTool } from "../tools/select";
import type { StageTool } from "../tools/tool";
import { loadImage } from "../ui/image";
import { createImageStage, type ImageStage } from "../ui/image-stage";

type Value = readonly Box[];
type Change = ShapeChange<Box>;

const UNKNOWN_COLOR = "#9e9e9e";
/** Share of the view that a box made by a key covers. */
const NEW_BOX = 0.25;

const task: TaskModule<Value, Change, ImageBitmap> = {
  type: "bounding-box",
  tools: [
    { name: "box", title: "Box", hint: "Drag from corner to corner, or click two corners; Shift-click to begin inside another box" },
    { name: "select", title: "Select", hint: "Click a box to select it, drag it to move it, drag its handles to resize it" },
  ],
  // What the session sends has passed the same schema in Python.
  parse: (value) => value as Value,
  parseChange: (change) => change as Change,
  load: loadImage,
  release: (bitmap) => bitmap.close(),
  weight: (bitmap) => 4 * bitmap.width * bitmap.height,
  apply: applyShapes,
  entries: (value) =>
    value.map(({ id, label, left, top, width, height }) => ({
      id,
      label,
      detail: `${Math.round(width)} × ${Math.round(height)}`,
      title: `${label}: ${width} × ${height} pixels at ${left}, ${top}`,
    })),
  relabel(value, ids, label) {
    const boxes = value.filter((box) => ids.includes(box.id) && box.label !== label);
    return boxes.length > 0 ? updated(...boxes.map((box) => ({ ...box, label }))) : null;
  },
  remove(value, ids) {
    const present = value.filter((box) => ids.includes(box.id)).map((box) => box.id);
    return present.length > 0 ? deleted<Box>(...present) : null;
  },
  suggestions: shapeSuggestions<Box>(),
  mount,
};

export default task;

function mount(element: HTMLElement, context: TaskContext<Value, Change, ImageBitmap>, life: AbortSignal): Editor {
  const colors = new Map(context.labels.map((label) => [label.name, label.color]));
  const boxes = computed(() => [...(context.item.value?.value ?? []), ...context.suggestions.waiting.value.map(({ part }) => part as Box)]);
  const visible = computed(() => boxes.value.filter((box) => !context.visibility.hides(box)));
  const scene: BoxScene = {
    boxes,
    visible,
    reachable: computed(() => visible.value.filter((box) => !context.visibility.locks(box))),
    image: computed<Size>(() => context.item.value?.media ?? { width: 0, height: 0 }),
    selection: context.selection,
    hovered: signal<string | null>(null),
    preview: signal<Box | null>(null),
    label: computed(() => context.labels[context.label.value]?.name ?? ""),
    commit: context.commit,
    select(ids) {
      context.selection.value = ids;
      context.chosen.value = ids.length > 0;
    },
    mark(id) {
      context.selection.value = [id];
      context.chosen.value = false;
    },
  };
  const tools: Record<string, StageTool> = { box: createBoxTool(scene), select: createSelectTool(scene) };
  const tool = computed(() => tools[context.tool.value] ?? createSelectTool(scene));
  const place = computed(() => context.item.value?.view.id);
  const stop = effect(() => {
    // What was half drawn belongs to the item and the tool with which it began.
    place.value;
    tool.value;
    untracked(() => {
      for (const one of Object.values(tools)) one.cancel();
    });
  });
  life.addEventListener("abort", stop);

  const stage = createImageStage(
    element,
    {
      item: context.item,
      tool,
      paint(canvas, view) {
        const preview = scene.preview.value;
        const boxes = scene.visible.value.map((box) => (box.id === preview?.id ? preview : box));
        const style = { color: (label: string) => colors.get(label) ?? UNKNOWN_COLOR };
        const suggested = new Map(context.suggestions.waiting.value.map(({ id, score }) => [id, score]));
        paintBoxes(canvas, view, boxes, { ...style, selection: scene.selection.value, hovered: scene.hovered.value, suggested });
      },
    },
    life,
  );

  return {
    commands: boxCommands(scene, stage),
    fit: stage.fit,
    finish: () => tool.value.finish(),
    cancel() {
      const had = tool.value.cancel();
      if (had) stage.repaint();
      return had;
    },
    zoom: computed(() => (context.item.value?.media ? stage.view.value.zoom : null)),
    zoomBy: stage.zoomBy,
  };
}

const WAYS = { left: { x: -1, y: 0 }, right: { x: 1, y: 0 }, up: { x: 0, y: -1 }, down: { x: 0, y: 1 } };

/** What the mouse does, by keys: a box in the middle of the view, moved and sized by arrows. */
function boxCommands(scene: BoxScene, stage: ImageStage): Editor["commands"] {
  function reshape(change: (box: Box) => Pick<Box, "left" | "top" | "width" | "height">): void {
    const box = selectedBox(scene);
    if (!box) return;
    const after = { ...box, ...change(box) };
    if (after.width > 0 && after.height > 0 && !sameRectangle(after, box)) scene.commit(updated(after));
  }

  function insert(): void {
    const image = scene.image.value;
    if (image.width === 0) return;
    const middle = stage.middle();
    const width = Math.max(Math.round(image.width * NEW_BOX), 1);
    const height = Math.max(Math.round(image.height * NEW_BOX), 1);
    const box = {
      id: makeId(),
      label: scene.label.value,
      left: Math.round(middle.x - width / 2),
      top: Math.round(middle.y - height / 2),
      width,
      height,
    };
    scene.commit(created({ ...box, ...move(box, { x: 0, y: 0 }, image) }));
    scene.select([box.id]);
  }

  const arrows = Object.entries(WAYS).flatMap(([way, unit]) =>
    [1, 10].flatMap((pixels): Editor["commands"] => {
      const by = { x: unit.x * pixels, y: unit.y * pixels };
      const suffix = pixels === 1 ? way : `${way}-${pixels}`;
      const text = pixels === 1 ? "1 pixel" : `${pixels} pixels`;
      return [
        {
          action: `move-${suffix}`,
          title: `Move the box by ${text}`,
          group: "Edit",
          run: () => reshape((box) => move(box, by, scene.image.value)),
        },
        {
          action: `resize-${suffix}`,
          title: `Resize the box by ${text}`,
          group: "Edit",
          run: () => reshape((box) => resize(box, "se", by, scene.image.value)),
        },
      ];
    }),
  );
  return [{ action: "new-box", title: "New box in the middle of the view", group: "Edit", run: insert }, ...arrows];
}
