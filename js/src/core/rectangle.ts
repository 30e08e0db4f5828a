import type { Point, Size } from "./viewport";

/** A rectangle in image pixels, in Ground Truth's terms. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A corner or the middle of a side, by the compass. */
export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";

export const HANDLES: readonly Handle[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** Drawn coordinates are kept to a hundredth of a pixel: finer is noise of the screen's arithmetic. */
const GRAIN = 100;
const BOUNDLESS: Size = { width: Infinity, height: Infinity };

export function between(one: Point, other: Point): Rectangle {
  return {
    left: Math.min(one.x, other.x),
    top: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}

/** What rectangles stay inside of: the image, or nothing where they may reach out of it. */
export type Frame = Size | null;

/** Cuts off what lies outside the frame and rounds. */
export function clip(box: Rectangle, frame: Frame): Rectangle {
  const { width, height } = frame ?? BOUNDLESS;
  const low = frame ? 0 : -Infinity;
  const left = grain(clamp(box.left, low, width));
  const top = grain(clamp(box.top, low, height));
  return {
    left,
    top,
    width: grain(clamp(box.left + box.width, low, width) - left),
    height: grain(clamp(box.top + box.height, low, height) - top),
  };
}

/** Moves without changing the size, as far as the frame allows. */
export function move(box: Rectangle, by: Point, frame: Frame): Rectangle {
  const { width, height } = frame ?? BOUNDLESS;
  const low = frame ? 0 : -Infinity;
  return {
    ...box,
    left: grain(clamp(box.left + by.x, low, Math.max(width - box.width, low))),
    top: grain(clamp(box.top + by.y, low, Math.max(height - box.height, low))),
  };
}

/** Drags one handle; a side drawn across its opposite turns the rectangle over. */
export function resize(box: Rectangle, handle: Handle, by: Point, frame: Frame): Rectangle {
  const west = box.left + (handle.includes("w") ? by.x : 0);
  const east = box.left + box.width + (handle.includes("e") ? by.x : 0);
  const north = box.top + (handle.startsWith("n") ? by.y : 0);
  const south = box.top + box.height + (handle.startsWith("s") ? by.y : 0);
  return clip(between({ x: west, y: north }, { x: east, y: south }), frame);
}

export function contains(box: Rectangle, at: Point): boolean {
  return at.x >= box.left && at.x <= box.left + box.width && at.y >= box.top && at.y <= box.top + box.height;
}

/** Whether two rectangles have an area in common. */
export function overlaps(one: Rectangle, other: Rectangle): boolean {
  return (
    one.left < other.left + other.width && other.left < one.left + one.width && one.top < other.top + other.height && other.top < one.top + one.height
  );
}

/** The smallest rectangle around points. */
export function around(points: readonly Point[]): Rectangle {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return between({ x: Math.min(...xs), y: Math.min(...ys) }, { x: Math.max(...xs), y: Math.max(...ys) });
}

export function sameRectangle(one: Rectangle, other: Rectangle): boolean {
  return one.left === other.left && one.top === other.top && one.width === other.width && one.height === other.height;
}

/** The place of a handle in image pixels. */
export function handlePoint(box: Rectangle, handle: Handle): Point {
  const along = (start: number, length: number, low: boolean, high: boolean) => start + (low ? 0 : high ? length : length / 2);
  return {
    x: along(box.left, box.width, handle.includes("w"), handle.includes("e")),
    y: along(box.top, box.height, handle.startsWith("n"), handle.startsWith("s")),
  };
}

/** The handle within `reach` image pixels of a point: corners by distance, sides along their whole length. */
export function handleAt(box: Rectangle, at: Point, reach: number): Handle | null {
  const right = box.left + box.width;
  const bottom = box.top + box.height;
  if (at.x < box.left - reach || at.x > right + reach || at.y < box.top - reach || at.y > bottom + reach) return null;
  const vertical = nearer(at.y, box.top, bottom, reach, "n", "s");
  const horizontal = nearer(at.x, box.left, right, reach, "w", "e");
  return (vertical + horizontal || null) as Handle | null;
}

function nearer<Low extends string, High extends string>(at: number, low: number, high: number, reach: number, lowName: Low, highName: High) {
  const toLow = Math.abs(at - low);
  const toHigh = Math.abs(at - high);
  if (Math.min(toLow, toHigh) > reach) return "";
  return toLow < toHigh ? lowName : highName;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function grain(value: number): number {
  return Math.round(value * GRAIN) / GRAIN;
}
