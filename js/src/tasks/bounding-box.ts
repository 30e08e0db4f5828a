import { computed, effect, signal, untracked } from "@preact/signals";
import { indexBoxes } from "../core/box-index";
import { applyShapes, deleted, type ShapeChange, shapeSuggestions, updated } from "../core/shapes";
import type { Editor, TaskContext, TaskModule } from "../core/task";
import type { Size } from "../core/viewport";
import type { Box } from "../generated/schema";
import { createBoxTool } from "../tools/box";
import { boxCommands } from "../tools/box-commands";
import { type BoxStyle, paintBoxes, paintMarked } from "../tools/box-painter";
import { boxCopies, boxFields, lackingAttribute } from "../tools/box-parts";
import type { BoxScene } from "../tools/boxes";
import { createExtremePointsTool } from "../tools/extreme-points";
import { HAND } from "../tools/hand";
import { createSelectTool } from "../tools/select";
import type { StageTool } from "../tools/tool";
import { loadImage } from "../ui/image";
import { createImageStage } from "../ui/image-stage";

type Value = readonly Box[];
type Change = ShapeChange<Box>;

const UNKNOWN_COLOR = "#9e9e9e";

const task: TaskModule<Value, Change, ImageBitmap> = {
  type: "bounding-box",
  tools: [
    { name: "box", title: "Box", hint: "Drag from corner to corner, or click two corners; Shift-click to begin inside another box" },
    { name: "extreme-points", title: "Box by four points", hint: "Click the topmost, leftmost, bottommost and rightmost points of the object" },
    { name: "select", title: "Select", hint: "Click a box to select it, drag it to move it, drag its handles to resize it" },
  ],
  // What the session sends has passed the same schema in Python; drafts of an earlier version have no attributes.
  parse: (value) => (value as Value).map((box) => (box.attributes ? box : { ...box, attributes: {} })),
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
  copies: boxCopies,
  fields: boxFields,
  lacking: (value, { settings }) => lackingAttribute(value, settings),
  suggestions: shapeSuggestions<Box>(),
  mount,
};

export default task;

function mount(element: HTMLElement, context: TaskContext<Value, Change, ImageBitmap>, life: AbortSignal): Editor {
  const colors = new Map(context.labels.map((label) => [label.name, label.color]));
  const boxes = computed(() => [...(context.item.value?.value ?? []), ...context.suggestions.waiting.value.map(({ part }) => part as Box)]);
  const image = computed<Size>(() => ({ width: context.item.value?.view.width ?? 0, height: context.item.value?.view.height ?? 0 }));
  const snap = signal(false);
  // Only a task that lets boxes reach out of the image has something to toggle here.
  const clip = signal(context.view.settings["clip"] !== false);
  const visible = computed(() => boxes.value.filter((box) => !context.visibility.hides(box)));
  const scene: BoxScene = {
    boxes,
    visible,
    reachable: computed(() => indexBoxes(visible.value.filter((box) => !context.visibility.locks(box)))),
    own: computed(() => context.item.value?.value ?? []),
    image,
    frame: computed(() => (clip.value ? image.value : null)),
    snap,
    selection: context.selection,
    hovered: signal<string | null>(null),
    preview: signal<Box | null>(null),
    label: computed(() => context.labels[context.label.value]?.name ?? ""),
    commit: context.commit,
    inform: context.inform,
    select(ids) {
      context.selection.value = ids;
      context.chosen.value = ids.length > 0;
    },
    mark(id) {
      context.selection.value = [id];
      context.chosen.value = false;
    },
  };
  const tools: Record<string, StageTool> = {
    box: createBoxTool(scene),
    "extreme-points": createExtremePointsTool(scene),
    select: createSelectTool(scene),
  };
  const tool = computed(() => (context.readOnly ? HAND : (tools[context.tool.value] ?? createSelectTool(scene))));
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

  const dragged = computed(() => scene.preview.value?.id ?? null);
  const resting = computed(() => (dragged.value === null ? visible.value : visible.value.filter(({ id }) => id !== dragged.value)));
  const marked = computed(() => {
    const ids = new Set([...scene.selection.value, ...[scene.hovered.value, dragged.value].filter((id) => id !== null)]);
    const preview = scene.preview.value;
    return ids.size === 0 ? [] : visible.value.flatMap((box) => (ids.has(box.id) ? [box.id === preview?.id ? preview : box] : []));
  });
  const style = computed<BoxStyle>(() => ({
    color: (label) => colors.get(label) ?? UNKNOWN_COLOR,
    suggested: new Map(context.suggestions.waiting.value.map(({ id, score }) => [id, score])),
  }));

  const stage = createImageStage(
    element,
    {
      item: context.item,
      tool,
      rest(canvas, view, size) {
        paintBoxes(canvas, view, size, resting.value, style.value);
      },
      paint(canvas, view) {
        paintMarked(canvas, view, marked.value, scene.selection.value, style.value);
      },
    },
    life,
  );

  return {
    commands: boxCommands(scene, stage.middle),
    toggles: context.readOnly
      ? []
      : [
          { name: "snap", title: "Snap to edges", on: snap },
          ...(clip.peek() ? [] : [{ name: "clip", title: "End boxes at the border of the image", on: clip }]),
        ],
    picture: stage.picture,
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
