import { HANDLES, handlePoint } from "../core/rectangle";
import { type Size, toScreen, type Viewport } from "../core/viewport";
import type { Box } from "../generated/schema";

export interface BoxStyle {
  color(label: string): string;
  /** Scores of those that are only suggested. */
  readonly suggested: ReadonlyMap<string, number | null>;
}

/** Beyond this many boxes only those that are pointed at carry their name: text is what makes a stage slow. */
const MOST_NAMES = 60;
/** Beyond the border of the stage a box may still reach into it with its lines and its name. */
const MARGIN = 24;
const DARK = "rgba(0, 0, 0, 0.65)";
const HANDLE = 8;
const TAG_HEIGHT = 18;
const LONGEST_TAG = 200;
/** The line of what is only suggested. */
const DASHES = [7, 5];

/** Paints boxes at rest in screen pixels: a dark line under a coloured one, so that it is seen on any picture. */
export function paintBoxes(context: CanvasRenderingContext2D, view: Viewport, size: Size, boxes: readonly Box[], style: BoxStyle): void {
  const named = boxes.length <= MOST_NAMES;
  prepare(context);
  for (const box of boxes) {
    if (!isSeen(box, view, size)) continue;
    const { x, y } = toScreen(view, { x: box.left, y: box.top });
    const color = style.color(box.label);
    const score = style.suggested.get(box.id);
    outline(context, view, box, color, 2, score !== undefined);
    if (named) paintTag(context, tagOf(box.label, score), color, x, y);
  }
}

/** Paints boxes that are pointed at or selected over those at rest. */
export function paintMarked(
  context: CanvasRenderingContext2D,
  view: Viewport,
  boxes: readonly Box[],
  selection: readonly string[],
  style: BoxStyle,
): void {
  prepare(context);
  for (const box of boxes) {
    const { x, y } = toScreen(view, { x: box.left, y: box.top });
    const color = style.color(box.label);
    if (selection.includes(box.id)) {
      context.globalAlpha = 0.12;
      context.fillStyle = color;
      context.fillRect(x, y, box.width * view.zoom, box.height * view.zoom);
      context.globalAlpha = 1;
    }
    const score = style.suggested.get(box.id);
    outline(context, view, box, color, 3, score !== undefined);
    paintTag(context, tagOf(box.label, score), color, x, y);
  }
  const [only, ...others] = boxes.filter((box) => selection.includes(box.id));
  if (only && others.length === 0) paintHandles(context, view, only, style.color(only.label));
}

function prepare(context: CanvasRenderingContext2D): void {
  context.lineJoin = "miter";
  context.font = "600 12px system-ui, sans-serif";
}

function outline(context: CanvasRenderingContext2D, view: Viewport, box: Box, color: string, line: number, dashed: boolean): void {
  const { x, y } = toScreen(view, { x: box.left, y: box.top });
  const width = box.width * view.zoom;
  const height = box.height * view.zoom;
  if (dashed) context.setLineDash(DASHES);
  context.strokeStyle = DARK;
  context.lineWidth = line + 2;
  context.strokeRect(x, y, width, height);
  context.strokeStyle = color;
  context.lineWidth = line;
  context.strokeRect(x, y, width, height);
  if (dashed) context.setLineDash([]);
}

function isSeen(box: Box, view: Viewport, size: Size): boolean {
  const x = (box.left - view.x) * view.zoom;
  const y = (box.top - view.y) * view.zoom;
  return x < size.width + MARGIN && y < size.height + MARGIN && x + box.width * view.zoom > -MARGIN && y + box.height * view.zoom > -MARGIN;
}

function tagOf(label: string, score: number | null | undefined): string {
  return typeof score === "number" ? `${label} ${score.toFixed(2)}` : label;
}

/** Cuts what is too long for a tag, between characters as a person counts them. */
function shortened(context: CanvasRenderingContext2D, text: string): string {
  if (context.measureText(text).width <= LONGEST_TAG) return text;
  const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  while (characters.length > 1 && context.measureText(`${characters.join("")}…`).width > LONGEST_TAG) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

function paintTag(context: CanvasRenderingContext2D, text: string, color: string, x: number, y: number): void {
  const shown = shortened(context, text);
  const width = context.measureText(shown).width + 10;
  const top = y >= TAG_HEIGHT ? y - TAG_HEIGHT : y;
  context.fillStyle = color;
  context.fillRect(x - 1, top, width, TAG_HEIGHT);
  context.fillStyle = inkOn(color);
  context.fillText(shown, x + 4, top + 13);
}

function paintHandles(context: CanvasRenderingContext2D, view: Viewport, box: Box, color: string): void {
  context.lineWidth = 2;
  for (const handle of HANDLES) {
    const { x, y } = toScreen(view, handlePoint(box, handle));
    context.fillStyle = "#fff";
    context.fillRect(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE);
    context.strokeStyle = DARK;
    context.strokeRect(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE);
    context.strokeStyle = color;
    context.strokeRect(x - HANDLE / 2 + 1, y - HANDLE / 2 + 1, HANDLE - 2, HANDLE - 2);
  }
}

/** Black or white, whichever reads better on a colour (WCAG's relative luminance, simplified to its weights). */
export function inkOn(color: string): string {
  const value = Number.parseInt(color.slice(1), 16);
  const luminance = 0.2126 * ((value >> 16) & 255) + 0.7152 * ((value >> 8) & 255) + 0.0722 * (value & 255);
  return luminance > 140 ? "#000" : "#fff";
}
