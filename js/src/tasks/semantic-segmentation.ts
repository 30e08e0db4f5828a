import { computed, effect, type Signal, signal, untracked } from "@preact/signals";
import { applyMask, emptyMask, type PixelMask, paintWhere, parseMask, writeMask } from "../core/mask";
import { maskSuggestions } from "../core/mask-suggestions";
import { wholeArea } from "../core/regions";
import type { Control, Editor, Offer, TaskModule } from "../core/task";
import type { Mask, MaskChange } from "../generated/schema";
import { createFreehandTool, createPolygonTool, createRectangleTool } from "../tools/area";
import { createAutoSegment } from "../tools/auto-segment";
import { createBrush } from "../tools/brush";
import { createFillTool, createWandTool } from "../tools/fill";
import { HAND } from "../tools/hand";
import { createPainting, type MaskContext } from "../tools/painting";
import type { PointerAt, StageTool } from "../tools/tool";
import { loadImage } from "../ui/image";
import { createImageStage } from "../ui/image-stage";
import { createMaskLayer, type MaskLook } from "../ui/mask-layer";

const UNKNOWN_COLOR = "#9e9e9e";
/** Opacity in percent, at first and after each press of its key. */
const OPACITIES = [55, 100, 15, 35];

const task: TaskModule<PixelMask, MaskChange, ImageBitmap> = {
  type: "semantic-segmentation",
  tools: [
    { name: "brush", title: "Brush", hint: "Paint; Shift-click draws a straight line; the right button takes away" },
    { name: "eraser", title: "Eraser", hint: "Take classes away; Shift-click draws a straight line" },
    {
      name: "polygon",
      title: "Polygon",
      hint: "Click the corners, drag for a free line; Enter or a double click closes; the right button takes away",
    },
    { name: "freehand", title: "Freehand", hint: "Drag around an area, or click to begin and click to end" },
    { name: "rectangle", title: "Rectangle", hint: "Drag from corner to corner, or click two corners" },
    { name: "fill", title: "Fill", hint: "Click a region that has one class, or none, to fill it" },
    { name: "wand", title: "Wand", hint: "Click to paint what has this colour; drag right for more, left for less" },
    { name: "auto-segment", title: "Auto-segment", hint: "Click the object's four extreme points, or drag a box around it", asks: "segment" },
  ],
  // What the session sends has passed the same schema in Python.
  parse: (value) => parseMask(value as Mask),
  write: writeMask,
  empty: emptyMask,
  parseChange: (change) => change as MaskChange,
  load: loadImage,
  release: (bitmap) => bitmap.close(),
  // The pixels of the image, and a class for each.
  weight: (bitmap) => 5 * bitmap.width * bitmap.height,
  bytes: ({ runs }) => runs.length,
  apply: applyMask,
  entries: ({ names, counts, pixels }) =>
    names.flatMap((label, place) => {
      const count = counts[place + 1] ?? 0;
      const share = percent(count, pixels.length);
      return count > 0 ? [{ id: label, label, detail: share, title: `${label}: ${count} pixels, ${share} of the image` }] : [];
    }),
  relabel: (mask, ids, label) =>
    changeOf(
      mask,
      ids.filter((id) => id !== label),
      label,
    ),
  remove: (mask, ids) => changeOf(mask, ids, null),
  suggestions: maskSuggestions,
  mount,
};

export default task;

/** The share of an image as a person reads it. */
function percent(count: number, of: number): string {
  const share = (100 * count) / of;
  if (count > 0 && share < 0.1) return "< 0.1 %";
  if (count < of && share > 99.9) return "> 99.9 %";
  return `${share.toFixed(1)} %`;
}

function changeOf(mask: PixelMask, names: readonly string[], to: string | null): MaskChange | null {
  const codes = new Set(names.map((name) => mask.names.indexOf(name) + 1));
  codes.delete(0);
  return paintWhere(mask, wholeArea(mask), to, (at) => codes.has(mask.pixels[at] as number))[0] ?? null;
}

function mount(element: HTMLElement, context: MaskContext, life: AbortSignal): Editor {
  const layer = createMaskLayer();
  const painting = createPainting(context, layer, () => wholePixels(stage.seen()), life);
  const { mask, label } = painting;
  const opacity = signal(OPACITIES[0] as number);
  const outline = signal(false);
  const own = classOpacity(label);

  const tools = {
    brush: createBrush(painting, false),
    eraser: createBrush(painting, true),
    polygon: createPolygonTool(painting),
    freehand: createFreehandTool(painting),
    rectangle: createRectangleTool(painting),
    fill: createFillTool(painting),
    wand: createWandTool(painting),
    "auto-segment": createAutoSegment(painting),
  };
  const byName: Record<string, StageTool> = tools;
  const tool = computed(() => (context.readOnly ? HAND : (byName[context.tool.value] ?? tools.brush)));
  let pointer: PointerAt | null = null;
  const stop = dropHalfDone(context, tools, painting.drop);
  life.addEventListener("abort", stop);

  const colors = new Map(context.labels.map((one) => [one.name, one.color]));
  const look = computed<MaskLook>(() => {
    const shown = (name: string) => (outline.value ? 10_000 : opacity.value * own.of(name));
    const alpha = (name: string) => (context.visibility.hides({ id: name, label: name }) ? 0 : Math.round((255 * shown(name)) / 10_000));
    return {
      outline: outline.value,
      colors: [[0, 0, 0, 0], ...painting.names.value.map((name) => rgba(colors.get(name) ?? UNKNOWN_COLOR, alpha(name)))],
    };
  });

  const stage = createImageStage(
    element,
    {
      item: context.item,
      tool: computed(() => watched(tool.value, (at) => (pointer = at ?? pointer))),
      layer: (canvas, view, size, ratio) => layer.paint(canvas, mask.value, look.value, view, size, ratio),
      paint() {
        // The ring around the pointer is as large as the brush.
        painting.brush.size.value;
        painting.brush.shape.value;
      },
    },
    life,
  );

  function showGap(): void {
    const area = painting.nextGap();
    if (area) stage.look({ left: area.left, top: area.top, width: area.right - area.left, height: area.bottom - area.top });
    context.announce(area ? `Without a class: ${area.right - area.left} by ${area.bottom - area.top} pixels` : "Every pixel has a class.");
  }

  function pick(): void {
    const place = pointer ? painting.labelAt(pointer.at.x, pointer.at.y) : -1;
    if (place !== -1) context.activate(place);
  }

  const unlabeled = computed(() => {
    const { counts, pixels } = mask.value ?? { counts: [0], pixels: [] };
    return counts[0] === 0 ? "Every pixel has a class" : `No class ${percent(counts[0] ?? 0, pixels.length)}`;
  });
  const command = (group: "Tools" | "Edit" | "View", action: string, title: string, run: () => void) => ({ group, action, title, run });
  const outlines = { name: "outline", title: "Show outlines only", on: outline };
  const gap = { name: "next-gap", text: unlabeled, title: "Go to the next part without a class", run: showGap };
  const controls = controlsOf(painting, opacity, own.active, gap);
  return {
    commands: [
      command("Tools", "smaller-brush", "Smaller brush", painting.smallerBrush),
      command("Tools", "larger-brush", "Larger brush", painting.largerBrush),
      command("Tools", "pixel-brush", "Brush of one pixel", () => {
        painting.brush.size.value = 1;
      }),
      command("Tools", "brush-shape", "Round or square brush", () => {
        painting.brush.shape.value = painting.brush.shape.value === "circle" ? "square" : "circle";
      }),
      command("Tools", "pick", "Take the class under the pointer", pick),
      command("Edit", "fill-holes", "Fill the holes of the active class", painting.fillHoles),
      command("Edit", "keep-largest", "Keep only the largest part of the active class", painting.keepLargest),
      command("View", "next-gap", "Go to the next part without a class", showGap),
      command("View", "less-opaque", "Another opacity", () => {
        opacity.value = OPACITIES[(OPACITIES.indexOf(opacity.value) + 1) % OPACITIES.length] as number;
      }),
    ],
    toggles: context.readOnly
      ? [outlines]
      : [{ name: "unlabeled-only", title: "Paint only what has no class", on: painting.unlabeledOnly }, outlines],
    controls: controls.filter(({ name }) => !context.readOnly || name === "opacity" || name === "next-gap"),
    offer: offerOf(painting),
    picture: stage.picture,
    fit: stage.fit,
    finish: () => tool.value.finish() || tools["auto-segment"].finish(),
    cancel() {
      const had = tool.value.cancel() || tools["auto-segment"].cancel();
      if (had) stage.repaint();
      return had;
    },
    stepBack() {
      const one = tool.value;
      const had = (one === tools.polygon && tools.polygon.stepBack()) || (one === tools["auto-segment"] && tools["auto-segment"].stepBack());
      if (had) stage.repaint();
      return had;
    },
    zoom: computed(() => (context.item.value?.media ? stage.view.value.zoom : null)),
    zoomBy: stage.zoomBy,
  };
}

/** Drops what was half painted when the item changes, and when another tool is taken; a proposal waits for its item only. */
function dropHalfDone(context: MaskContext, tools: Record<string, StageTool>, drop: () => void): () => void {
  const place = computed(() => context.item.value?.view.id);
  const stops = [
    effect(() => {
      place.value;
      untracked(() => {
        for (const one of Object.values(tools)) one.cancel();
        drop();
      });
    }),
    effect(() => {
      const name = context.tool.value;
      untracked(() => {
        for (const [other, one] of Object.entries(tools)) if (other !== name && other !== "auto-segment") one.cancel();
      });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** A tool that tells where the pointer is. */
function watched(tool: StageTool, tell: (pointer: PointerAt | null) => void): StageTool {
  return {
    ...tool,
    hover(pointer) {
      tell(pointer);
      tool.hover(pointer);
    },
    drag(pointer) {
      tell(pointer);
      tool.drag(pointer);
    },
  };
}

/** The opacity of each class, in percent of the whole mask's, and a signal that is the active one's. */
function classOpacity(label: { readonly value: string }): { of(name: string): number; active: Signal<number> } {
  const chosen = signal<ReadonlyMap<string, number>>(new Map());
  const of = (name: string) => chosen.value.get(name) ?? 100;
  const active = signal(100);
  effect(() => {
    active.value = of(label.value);
  });
  effect(() => {
    const value = active.value;
    const name = untracked(() => label.value);
    if (untracked(() => of(name)) !== value) chosen.value = new Map(chosen.peek()).set(name, value);
  });
  return { of, active };
}

function controlsOf(
  { brush, tolerance }: ReturnType<typeof createPainting>,
  opacity: Signal<number>,
  own: Signal<number>,
  gap: Omit<Extract<Control, { kind: "fact" }>, "kind">,
): readonly Control[] {
  const painters = ["brush", "eraser"];
  const slider = { kind: "slider", logarithmic: false } as const;
  return [
    {
      kind: "choice",
      name: "brush-shape",
      title: "Brush",
      value: brush.shape as Signal<string>,
      choices: [
        ["circle", "Round brush"],
        ["square", "Square brush"],
      ],
      tools: painters,
    },
    { ...slider, name: "size", title: "Size", value: brush.size, minimum: 1, maximum: 400, unit: "px", logarithmic: true, tools: painters },
    { ...slider, name: "tolerance", title: "Tolerance", value: tolerance, minimum: 0, maximum: 128, unit: "", tools: ["wand"] },
    { ...slider, name: "opacity", title: "Opacity", value: opacity, minimum: 0, maximum: 100, unit: "%" },
    { ...slider, name: "class-opacity", title: "Class", value: own, minimum: 0, maximum: 100, unit: "%" },
    { kind: "fact", ...gap },
  ];
}

function offerOf({ proposals }: ReturnType<typeof createPainting>) {
  const texts = {
    preparing: "Looking at the image…",
    working: "Looking for the object…",
    ready: "Click what is missing, Shift-click what is too much",
    failed: "",
  };
  return computed<Offer | null>(() => {
    const state = proposals.state.value;
    if (state === null) return null;
    const ready = proposals.found.value !== null && state !== "failed";
    return { text: proposals.problem.value ?? texts[state], ready, failed: state === "failed" };
  });
}

function wholePixels({ left, top, width, height }: { left: number; top: number; width: number; height: number }) {
  return { left: Math.floor(left), top: Math.floor(top), right: Math.ceil(left + width), bottom: Math.ceil(top + height) };
}

function rgba(color: string, alpha: number): [number, number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255, alpha];
}
