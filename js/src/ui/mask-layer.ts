import type { Draft } from "../core/draft";
import type { Area, PixelMask } from "../core/mask";
import type { Size, Viewport } from "../core/viewport";

/** How the classes of a mask are shown. */
export interface MaskLook {
  /** Colour of each code as red, green, blue and alpha, 0 to 255. */
  readonly colors: readonly (readonly [number, number, number, number])[];
  /** Shows only the edges of what has a class. */
  readonly outline: boolean;
}

/** What is painted at the moment, over the mask. */
export interface MaskDraft {
  readonly draft: Draft;
  /** The code that it will have; 0 takes classes away. */
  readonly code: number;
  /** 1 for each code whose pixels it does not reach. */
  readonly closed: Uint8Array;
}

/** Width of an outline in pixels of the screen, and so the margin that the screen needs for the last of them to have neighbours. */
const MARGIN = 2;

interface Shown {
  readonly context: CanvasRenderingContext2D;
  readonly mask: PixelMask;
  readonly look: MaskLook;
  readonly view: Viewport;
  /** Pixels of the screen for one of the image. */
  readonly scale: number;
}

export interface MaskLayer {
  /** Shows a mask in a view; everything is painted anew. */
  paint(canvas: HTMLCanvasElement, mask: PixelMask | null, look: MaskLook, view: Viewport, size: Size, ratio: number): void;
  /** Paints again what a stroke has reached, by pixels of the image: this is what the drag loop does. */
  update(area: Area): void;
  /** Paints again all that is seen. */
  refresh(): void;
  /** What is painted at the moment. */
  draft: MaskDraft | null;
  /** What waits to be accepted: it has an edge of its own. */
  proposal: MaskDraft | null;
}

/**
 * Shows a mask at the resolution of the screen, so that its cost is that of what is seen, however large the image is.
 *
 * Each pixel of the screen has the class of the image pixel under its middle: nothing is blended, as a pixel has one class.
 */
export function createMaskLayer(): MaskLayer {
  let shown: Shown | null = null;
  /** Codes of the pixels of the screen, with a margin so that each has neighbours. */
  let codes = new Uint8Array(0);
  /** The same for the proposal: 1 where it is. */
  let proposed = new Uint8Array(0);
  let image: ImageData | null = null;
  const colors = new Uint32Array(256);
  const layer: MaskLayer = { paint, update, refresh, draft: null, proposal: null };

  function paint(canvas: HTMLCanvasElement, mask: PixelMask | null, look: MaskLook, view: Viewport, size: Size, ratio: number): void {
    const width = Math.round(size.width * ratio);
    const height = Math.round(size.height * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext("2d");
    if (!context || width === 0 || height === 0) return;
    if (!mask) {
      context.clearRect(0, 0, width, height);
      shown = null;
      return;
    }
    if (image?.width !== width || image.height !== height) {
      image = new ImageData(width, height);
      codes = new Uint8Array((width + 2 * MARGIN) * (height + 2 * MARGIN));
      proposed = new Uint8Array(codes.length);
    }
    shown = { context, mask, look, view, scale: view.zoom * ratio };
    colors.fill(0);
    look.colors.forEach(([red, green, blue, alpha], code) => {
      colors[code] = ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    });
    repaint(0, 0, width, height);
  }

  function refresh(): void {
    if (image) repaint(0, 0, image.width, image.height);
  }

  function update(area: Area): void {
    if (!shown || !image) return;
    const { view, scale } = shown;
    const left = Math.max(Math.floor((area.left - view.x) * scale) - MARGIN, 0);
    const top = Math.max(Math.floor((area.top - view.y) * scale) - MARGIN, 0);
    const right = Math.min(Math.ceil((area.right - view.x) * scale) + MARGIN, image.width);
    const bottom = Math.min(Math.ceil((area.bottom - view.y) * scale) + MARGIN, image.height);
    if (left < right && top < bottom) repaint(left, top, right, bottom);
  }

  /** Paints a part of the screen. */
  function repaint(left: number, top: number, right: number, bottom: number): void {
    if (!shown || !image) return;
    const part = { left, top, right, bottom };
    const columns = columnsOf(shown, left, right);
    for (let y = top; y < bottom; y += 1) sample(shown, image.width, y, columns, left);
    const target = new Uint32Array(image.data.buffer);
    if (shown.look.outline) {
      goOver(codes, part, (at, code, inside) => {
        target[at] = inside ? 0 : (colors[code] as number);
      });
    } else {
      goOver(codes, part, (at, code) => {
        target[at] = colors[code] as number;
      });
    }
    if (layer.proposal) {
      const { width } = image;
      // Black and white, so that it is seen on any picture and in any class.
      goOver(proposed, part, (at, code, inside) => {
        if (code === 1 && !inside) target[at] = ((at % width) + Math.floor(at / width)) & 4 ? 0xffffffff : 0xff000000;
      });
    }
    shown.context.putImageData(image, 0, 0, left, top, right - left, bottom - top);
  }

  /** Finds the code under each pixel of a row of the screen. */
  function sample({ mask, view, scale }: Shown, width: number, y: number, columns: Int32Array, left: number): void {
    const row = Math.floor(view.y + (y + 0.5) / scale);
    const to = (y + MARGIN) * (width + 2 * MARGIN) + MARGIN + left;
    codes.fill(0, to, to + columns.length);
    proposed.fill(0, to, to + columns.length);
    if (row < 0 || row >= mask.height) return;
    sampleRow(mask, row * mask.width, columns, to);
    if (layer.proposal) coverRow(layer.proposal, row, columns, to, proposed);
    if (layer.draft) coverRow(layer.draft, row, columns, to, null);
  }

  /** Goes over a part of the screen: the place of each pixel, its code, and whether those around it have the same. */
  function goOver(grid: Uint8Array, { left, top, right, bottom }: Area, visit: (at: number, code: number, inside: boolean) => void): void {
    const width = image?.width ?? 0;
    const stride = width + 2 * MARGIN;
    const edge = grid === proposed ? 1 : MARGIN;
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const at = (y + MARGIN) * stride + x + MARGIN;
        const code = grid[at] as number;
        const across = grid[at - edge] === code && grid[at + edge] === code;
        visit(y * width + x, code, across && grid[at - edge * stride] === code && grid[at + edge * stride] === code);
      }
    }
  }

  /** The column of the image under each pixel of a row of the screen; -1 beside the image. */
  function columnsOf({ mask, view, scale }: Shown, left: number, right: number): Int32Array {
    const columns = new Int32Array(right - left);
    for (let x = left; x < right; x += 1) {
      const column = Math.floor(view.x + (x + 0.5) / scale);
      columns[x - left] = column >= 0 && column < mask.width ? column : -1;
    }
    return columns;
  }

  function sampleRow(mask: PixelMask, start: number, columns: Int32Array, to: number): void {
    for (let x = 0; x < columns.length; x += 1) {
      const column = columns[x] as number;
      codes[to + x] = column < 0 ? 0 : (mask.pixels[start + column] as number);
    }
  }

  /** Lays over a row what is painted or proposed, and notes where. */
  function coverRow({ draft, code, closed }: MaskDraft, row: number, columns: Int32Array, to: number, noted: Uint8Array | null): void {
    const { area, pixels, width } = draft;
    if (!area || row < area.top || row >= area.bottom) return;
    const start = row * width;
    for (let x = 0; x < columns.length; x += 1) {
      const column = columns[x] as number;
      if (column < 0 || pixels[start + column] !== 1) continue;
      if (noted) noted[to + x] = 1;
      if (closed[codes[to + x] as number] === 0) codes[to + x] = code;
    }
  }

  return layer;
}
