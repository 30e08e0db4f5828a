import type { Rectangle } from "../core/rectangle";
import type { Guides } from "../core/snap";
import { type Point, toScreen, type Viewport } from "../core/viewport";

const DARK = "rgba(0, 0, 0, 0.6)";
const GUIDE = "#ff2fd6";

/** Two hairlines through the pointer, across the whole stage. */
export function drawCrosshair(context: CanvasRenderingContext2D, view: Viewport, at: Point): void {
  const { x, y } = toScreen(view, at);
  const { clientWidth, clientHeight } = context.canvas;
  const path = () => {
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, clientHeight);
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(clientWidth, Math.round(y) + 0.5);
    context.stroke();
  };
  context.lineWidth = 1;
  context.strokeStyle = "rgba(0, 0, 0, 0.45)";
  path();
  context.setLineDash([4, 4]);
  context.strokeStyle = "rgba(255, 255, 255, 0.85)";
  path();
  context.setLineDash([]);
}

/** A rectangle that is being drawn. */
export function drawOutline(context: CanvasRenderingContext2D, view: Viewport, rectangle: Rectangle): void {
  const { x, y } = toScreen(view, { x: rectangle.left, y: rectangle.top });
  const width = rectangle.width * view.zoom;
  const height = rectangle.height * view.zoom;
  context.setLineDash([5, 4]);
  context.lineWidth = 3;
  context.strokeStyle = DARK;
  context.strokeRect(x, y, width, height);
  context.lineWidth = 1.5;
  context.strokeStyle = "#fff";
  context.strokeRect(x, y, width, height);
  context.setLineDash([]);
}

/** The size of a rectangle, beside the pointer and always in sight. */
export function drawSize(context: CanvasRenderingContext2D, view: Viewport, { width, height }: Rectangle, pointer: Point): void {
  const text = `${Math.round(width)} × ${Math.round(height)}`;
  const at = toScreen(view, pointer);
  context.font = "12px system-ui, sans-serif";
  const wide = context.measureText(text).width + 10;
  const { clientWidth, clientHeight } = context.canvas;
  const x = inside(at.x + 10 + wide > clientWidth ? at.x - 10 - wide : at.x + 10, clientWidth - wide);
  const y = inside(at.y + 32 > clientHeight ? at.y - 32 : at.y + 12, clientHeight - 20);
  context.fillStyle = "rgba(0, 0, 0, 0.75)";
  context.fillRect(x, y, wide, 20);
  context.fillStyle = "#fff";
  context.fillText(text, x + 5, y + 14);
}

/** The lines on which edges lie. */
export function drawGuides(context: CanvasRenderingContext2D, view: Viewport, guides: Guides): void {
  const { clientWidth, clientHeight } = context.canvas;
  context.lineWidth = 1;
  context.strokeStyle = GUIDE;
  context.beginPath();
  for (const line of guides.x) {
    const { x } = toScreen(view, { x: line, y: 0 });
    context.moveTo(x, 0);
    context.lineTo(x, clientHeight);
  }
  for (const line of guides.y) {
    const { y } = toScreen(view, { x: 0, y: line });
    context.moveTo(0, y);
    context.lineTo(clientWidth, y);
  }
  context.stroke();
}

function inside(place: number, last: number): number {
  return Math.min(Math.max(place, 0), last);
}
