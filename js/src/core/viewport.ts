/** Which part of an image a stage shows: image pixel = (screen - stage corner) / zoom + (x, y). */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  /** Screen pixels for one image pixel. */
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const MARGIN = 12;
const LARGEST_ZOOM = 64;
/** Share of the stage that the image must keep covering, so that it cannot be lost from sight. */
const KEPT = 0.15;

/** Shows the whole image in the middle of the stage; small images are not blown up beyond four times. */
export function wholeOf(image: Size, stage: Size): Viewport {
  const zoom = Math.min((stage.width - 2 * MARGIN) / image.width, (stage.height - 2 * MARGIN) / image.height, 4);
  return centered(image, stage, Math.max(zoom, 1e-3));
}

export function centered(image: Size, stage: Size, zoom: number): Viewport {
  return { x: (image.width - stage.width / zoom) / 2, y: (image.height - stage.height / zoom) / 2, zoom };
}

/** Share of the stage that an area fills when it is looked at, and the largest zoom that it gets. */
const LOOKED_AT = 0.5;
const CLOSE = 16;

/** Shows an area in the middle of the stage, with something around it, but never smaller than with the whole image. */
export function viewOf({ left, top, width, height }: Area, image: Size, stage: Size): Viewport {
  const whole = wholeOf(image, stage);
  const zoom = Math.min((LOOKED_AT * stage.width) / width, (LOOKED_AT * stage.height) / height, CLOSE);
  if (zoom <= whole.zoom) return whole;
  return { x: left + width / 2 - stage.width / zoom / 2, y: top + height / 2 - stage.height / zoom / 2, zoom };
}

/** The part of an image that is seen. */
export function seenOf(view: Viewport, stage: Size, image: Size): Area {
  const left = Math.min(Math.max(view.x, 0), image.width);
  const top = Math.min(Math.max(view.y, 0), image.height);
  const right = Math.min(view.x + stage.width / view.zoom, image.width);
  const bottom = Math.min(view.y + stage.height / view.zoom, image.height);
  return { left, top, width: Math.max(right - left, 0), height: Math.max(bottom - top, 0) };
}

/** Zooms by `factor` and keeps the image pixel under `at` (stage pixels) where it is. */
export function zoomAt(view: Viewport, at: Point, factor: number, image: Size, stage: Size): Viewport {
  const smallest = Math.min(wholeOf(image, stage).zoom / 4, 1);
  const zoom = Math.min(Math.max(view.zoom * factor, smallest), LARGEST_ZOOM);
  return keepInSight({ x: view.x + at.x / view.zoom - at.x / zoom, y: view.y + at.y / view.zoom - at.y / zoom, zoom }, image, stage);
}

/** Moves the image by screen pixels. */
export function pan(view: Viewport, by: Point, image: Size, stage: Size): Viewport {
  return keepInSight({ x: view.x - by.x / view.zoom, y: view.y - by.y / view.zoom, zoom: view.zoom }, image, stage);
}

function keepInSight(view: Viewport, image: Size, stage: Size): Viewport {
  const along = (place: number, length: number, extent: number) => {
    const seen = extent / view.zoom;
    const kept = Math.min(length, seen) * KEPT;
    return Math.min(Math.max(place, kept - seen), length - kept);
  };
  return { x: along(view.x, image.width, stage.width), y: along(view.y, image.height, stage.height), zoom: view.zoom };
}

export function toImage(view: Viewport, at: Point): Point {
  return { x: at.x / view.zoom + view.x, y: at.y / view.zoom + view.y };
}

export function toScreen(view: Viewport, at: Point): Point {
  return { x: (at.x - view.x) * view.zoom, y: (at.y - view.y) * view.zoom };
}
