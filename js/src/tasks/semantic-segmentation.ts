import { computed, effect, signal, untracked } from "@preact/signals";
import { createDraft, type Draft } from "../core/draft";
import { applyMask, type PixelMask, paintWhere, parseMask } from "../core/mask";
import type { Editor, TaskContext, TaskModule } from "../core/task";
import type { Mask, MaskChange } from "../generated/schema";
import { createBrush } from "../tools/brush";
import type { MaskScene } from "../tools/masks";
import type { BrushShape } from "../tools/stamp";
import type { StageTool } from "../tools/tool";
import { loadImage } from "../ui/image";
import { createImageStage } from "../ui/image-stage";
import { createMaskLayer, type MaskLook } from "../ui/mask-layer";

type Context = TaskContext<PixelMask, MaskChange, ImageBitmap>;

const UNKNOWN_COLOR = "#9e9e9e";
const LARGEST_BRUSH = 1000;

const task: TaskModule<PixelMask, MaskChange, ImageBitmap> = {
  type: "semantic-segmentation",
  tools: [
    { name: "brush", title: "Brush", hint: "Paint with the active class; Shift-click draws a straight line from the last stroke" },
    { name: "eraser", title: "Eraser", hint: "Take classes away; Shift-click draws a straight line from the last stroke" },
  ],
  // What the session sends has passed the same schema in Python.
  parse: (value) => parseMask(value as Mask),
  parseChange: (change) => change as MaskChange,
  load: loadImage,
  release: (bitmap) => bitmap.close(),
  // The pixels of the image, and a class for each.
  weight: (bitmap) => 5 * bitmap.width * bitmap.height,
  apply: applyMask,
  entries: ({ names, counts, pixels }) =>
    names.flatMap((label, place) => {
      const count = counts[place + 1] ?? 0;
      const share = share100(count, pixels.length);
      return count > 0 ? [{ id: label, label, detail: share, title: `${label}: ${count} pixels, ${share} of the image` }] : [];
    }),
  relabel: (mask, ids, label) =>
    changeOf(
      mask,
      ids.filter((id) => id !== label),
      label,
    ),
  remove: (mask, ids) => changeOf(mask, ids, null),
  mount,
};

export default task;

/** The share of an image as a person reads it. */
function share100(count: number, of: number): string {
  const share = (100 * count) / of;
  return share >= 0.1 ? `${share.toFixed(1)} %` : "< 0.1 %";
}

function changeOf(mask: PixelMask, names: readonly string[], to: string | null): MaskChange | null {
  const codes = new Set(names.map((name) => mask.names.indexOf(name) + 1));
  codes.delete(0);
  const whole = { left: 0, top: 0, right: mask.width, bottom: mask.height };
  return paintWhere(mask, whole, to, (at) => codes.has(mask.pixels[at] as number))[0] ?? null;
}

function mount(element: HTMLElement, context: Context, life: AbortSignal): Editor {
  const colors = new Map(context.labels.map((label) => [label.name, label.color]));
  const layer = createMaskLayer();
  const mask = computed(() => (context.item.value?.media ? context.item.value.value : null));
  const label = computed(() => context.labels[context.label.value]?.name ?? "");
  const opacity = signal(0.55);
  const outline = signal(false);
  let draft: Draft | null = null;
  let painting: string | null = null;

  const scene: MaskScene = {
    mask,
    label,
    brush: { size: signal(20), shape: signal<BrushShape>("circle") },
    unlabeledOnly: signal(false),
    begin(name) {
      const under = mask.value;
      if (!under) return null;
      if (draft?.width !== under.width || draft.height !== under.height) draft = createDraft(under);
      draft.clear();
      painting = name;
      layer.draft = { draft, code: name === null ? 0 : codeOf(under, name), unlabeledOnly: name !== null && scene.unlabeledOnly.value };
      return draft;
    },
    show: (area) => layer.update(area),
    end(keep) {
      const { area, pixels } = draft ?? {};
      const under = mask.value;
      if (keep && under && area && pixels) {
        const only = layer.draft?.unlabeledOnly ?? false;
        const wanted = (at: number) => pixels[at] === 1 && !(only && under.pixels[at] !== 0);
        for (const change of paintWhere(under, area, painting, wanted)) context.commit(change);
      }
      layer.draft = null;
      draft?.clear();
      if (area) layer.update(area);
    },
  };

  const look = computed<MaskLook>(() => {
    const alpha = Math.round(255 * opacity.value);
    const names = mask.value?.names ?? [];
    const own = [...names, ...(names.includes(label.value) ? [] : [label.value])];
    return { outline: outline.value, colors: [[0, 0, 0, 0], ...own.map((name) => rgba(colors.get(name) ?? UNKNOWN_COLOR, alpha))] };
  });

  const tools: Record<string, StageTool> = { brush: createBrush(scene, false), eraser: createBrush(scene, true) };
  const tool = computed(() => tools[context.tool.value] ?? (tools["brush"] as StageTool));
  const place = computed(() => context.item.value?.view.id);
  const stop = effect(() => {
    // What was half painted belongs to the item and the tool with which it began.
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
      layer: (canvas, view, size, ratio) => layer.paint(canvas, mask.value, look.value, view, size, ratio),
      paint: () => undefined,
    },
    life,
  );

  function resize(factor: number): void {
    const { size } = scene.brush;
    const wanted = Math.round(size.value * factor);
    size.value = Math.min(Math.max(wanted === size.value ? size.value + Math.sign(factor - 1) : wanted, 1), LARGEST_BRUSH);
    stage.repaint();
  }

  return {
    commands: [
      { action: "smaller-brush", title: "Smaller brush", group: "Tools", run: () => resize(1 / 1.25) },
      { action: "larger-brush", title: "Larger brush", group: "Tools", run: () => resize(1.25) },
    ],
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

/** The code of a class, or the one that it will have. */
function codeOf(mask: PixelMask, name: string): number {
  const place = mask.names.indexOf(name);
  return (place === -1 ? mask.names.length : place) + 1;
}

function rgba(color: string, alpha: number): [number, number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255, alpha];
}
