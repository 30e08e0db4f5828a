import type { Draft } from "../core/draft";
import type { Area } from "../core/mask";
import { regionAt } from "../core/regions";
import { type Point, toScreen } from "../core/viewport";
import { type Colors, createWand, type Wand } from "../core/wand";
import type { MaskScene } from "./masks";
import type { StageTool } from "./tool";

/** Pixels that the wand looks at; of more, only every second or third is. */
const MOST_PIXELS = 4e6;
/** Screen pixels of a drag for one level of tolerance. */
const PER_LEVEL = 2;
const MOST_LEVELS = 255;

function inside(area: Area, { x, y }: Point): boolean {
  return x >= area.left && x < area.right && y >= area.top && y < area.bottom;
}

/** Fills the region under the pointer that has one class, or none: what is enclosed by other classes. The right button takes the class away. */
export function createFillTool(scene: MaskScene): StageTool {
  return {
    cursor: () => "crosshair",
    secondary: true,
    down({ at, secondary }) {
      const mask = scene.mask.value;
      if (!mask || !inside({ left: 0, top: 0, right: mask.width, bottom: mask.height }, at)) return true;
      const draft = scene.begin(secondary);
      if (draft) regionAt(mask, Math.floor(at.y) * mask.width + Math.floor(at.x), draft.span);
      scene.end(true);
      return true;
    },
    drag: () => undefined,
    up: () => undefined,
    hover: () => undefined,
    finish: () => false,
    cancel: () => false,
    draw: () => undefined,
  };
}

/**
 * Paints what hangs together and has nearly the colour under the pointer, in the part of the image that is seen.
 *
 * A click takes the tolerance that is set; a drag to the right or upwards takes more, to the left or downwards less, and shows what it takes.
 */
export function createWandTool(scene: MaskScene): StageTool {
  let grown: { draft: Draft; wand: Wand; colors: Colors; from: Point; tolerance: number; shown: number } | null = null;

  function begin(at: Point, erase: boolean): void {
    const image = scene.image.value;
    const area = scene.seen();
    if (!image) scene.inform("The whole image is still on its way. Try again in a moment.");
    if (!image || !inside(area, at)) return;
    const colors = colorsOf(image, area);
    const draft = colors && scene.begin(erase);
    if (!draft) return;
    const place = (value: number, start: number, length: number) => Math.min(Math.floor((value - start) / colors.step), length - 1);
    const start = place(at.y, colors.top, colors.height) * colors.width + place(at.x, colors.left, colors.width);
    grown = { draft, wand: createWand(colors, start), colors, from: at, tolerance: -1, shown: 0 };
    show(scene.tolerance.value);
  }

  function show(tolerance: number): void {
    if (!grown || grown.tolerance === tolerance) return;
    const { draft, wand, colors } = grown;
    const before = draft.area;
    const { count } = wand.show(tolerance);
    for (let at = grown.shown; at < count; at += 1) paint(draft, colors, wand.found[at] as number, draft.span);
    for (let at = count; at < grown.shown; at += 1) paint(draft, colors, wand.found[at] as number, draft.unspan);
    grown.shown = count;
    grown.tolerance = tolerance;
    const after = draft.area ?? before;
    if (after) scene.show(after);
  }

  function end(keep: boolean): boolean {
    if (!grown) return false;
    if (keep) scene.tolerance.value = grown.tolerance;
    grown = null;
    scene.end(keep);
    return true;
  }

  return {
    cursor: () => "crosshair",
    secondary: true,
    down({ at, secondary }) {
      begin(at, secondary);
      return true;
    },
    drag({ at, tremble }) {
      if (!grown) return;
      const pixels = (at.x - grown.from.x - (at.y - grown.from.y)) / (tremble / 4);
      const meant = Math.abs(pixels) < 4 ? 0 : Math.round(pixels / PER_LEVEL);
      show(Math.min(Math.max(scene.tolerance.value + meant, 0), MOST_LEVELS));
    },
    up: () => void end(true),
    hover: () => undefined,
    finish: () => false,
    cancel: () => end(false),
    draw(context, view) {
      if (!grown) return;
      const { x, y } = toScreen(view, grown.from);
      const text = `Tolerance ${grown.tolerance}`;
      context.font = "12px system-ui, sans-serif";
      const wide = context.measureText(text).width + 12;
      context.fillStyle = "rgba(0, 0, 0, 0.75)";
      context.fillRect(x + 14, y + 14, wide, 22);
      context.fillStyle = "#fff";
      context.fillText(text, x + 20, y + 29);
    },
  };
}

function colorsOf(image: ImageBitmap, { left, top, right, bottom }: Area): Colors | null {
  const step = Math.max(1, Math.ceil(Math.sqrt(((right - left) * (bottom - top)) / MOST_PIXELS)));
  const width = Math.ceil((right - left) / step);
  const height = Math.ceil((bottom - top) / step);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.imageSmoothingEnabled = false;
  context.drawImage(image, left, top, width * step, height * step, 0, 0, width, height);
  return { data: context.getImageData(0, 0, width, height).data, width, height, left, top, step };
}

function paint(draft: Draft, { width, left, top, step }: Colors, place: number, span: Draft["span"]): void {
  const x = left + (place % width) * step;
  const y = top + Math.floor(place / width) * step;
  for (let row = y; row < Math.min(y + step, draft.height); row += 1) span(row, x, x + step);
}
