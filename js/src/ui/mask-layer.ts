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
  /** Whether it reaches only pixels without a class. */
  readonly unlabeledOnly: boolean;
}

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
  draft: MaskDraft | null;
}

/**
 * Shows a mask at the resolution of the screen, so that its cost is that of what is seen, however large the image is.
 *
 * Each pixel of the screen has the class of the image pixel under its middle: nothing is blended, as a pixel has one class.
 */
export function createMaskLayer(): MaskLayer {
  let shown: Shown | null = null;
  /** Codes of the pixels of the screen, with a margin of one so that each has neighbours. */
  let codes = new Uint8Array(0);
  let image: ImageData | null = null;
  const colors = new Uint32Array(256);
  const layer: MaskLayer = { paint, update, draft: null };

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
      codes = new Uint8Array((width + 2) * (height + 2));
    }
    shown = { context, mask, look, view, scale: view.zoom * ratio };
    colors.fill(0);
    look.colors.forEach(([red, green, blue, alpha], code) => {
      colors[code] = ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    });
    repaint(0, 0, width, height);
  }

  function update(area: Area): void {
    if (!shown || !image) return;
    const { view, scale } = shown;
    const left = Math.max(Math.floor((area.left - view.x) * scale) - 2, 0);
    const top = Math.max(Math.floor((area.top - view.y) * scale) - 2, 0);
    const right = Math.min(Math.ceil((area.right - view.x) * scale) + 2, image.width);
    const bottom = Math.min(Math.ceil((area.bottom - view.y) * scale) + 2, image.height);
    if (left < right && top < bottom) repaint(left, top, right, bottom);
  }

  /** Paints a part of the screen. */
  function repaint(left: number, top: number, right: number, bottom: number): void {
    if (!shown || !image) return;
    sample(left, top, right, bottom);
    const target = new Uint32Array(image.data.buffer);
    if (shown.look.outline) edges(target, left, top, right, bottom);
    else {
      for (let y = top; y < bottom; y += 1) {
        const from = (y + 1) * (image.width + 2) + 1;
        const to = y * image.width;
        for (let x = left; x < right; x += 1) target[to + x] = colors[codes[from + x] as number] as number;
      }
    }
    shown.context.putImageData(image, 0, 0, left, top, right - left, bottom - top);
  }

  /** Finds the code under each pixel of a part of the screen. */
  function sample(left: number, top: number, right: number, bottom: number): void {
    if (!shown || !image) return;
    const { mask, view, scale } = shown;
    const columns = columnsOf(shown, left, right);
    for (let y = top; y < bottom; y += 1) {
      const row = Math.floor(view.y + (y + 0.5) / scale);
      const to = (y + 1) * (image.width + 2) + 1 + left;
      if (row < 0 || row >= mask.height) codes.fill(0, to, to + right - left);
      else {
        sampleRow(mask, row * mask.width, columns, to);
        if (layer.draft) coverRow(layer.draft, row, columns, to);
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

  /** Lays over a row what is painted at the moment. */
  function coverRow({ draft, code, unlabeledOnly }: MaskDraft, row: number, columns: Int32Array, to: number): void {
    const { area, pixels, width } = draft;
    if (!area || row < area.top || row >= area.bottom) return;
    const start = row * width;
    for (let x = 0; x < columns.length; x += 1) {
      const column = columns[x] as number;
      if (column < 0 || pixels[start + column] !== 1) continue;
      if (!unlabeledOnly || codes[to + x] === 0) codes[to + x] = code;
    }
  }

  function edges(target: Uint32Array, left: number, top: number, right: number, bottom: number): void {
    if (!image) return;
    const stride = image.width + 2;
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const at = (y + 1) * stride + x + 1;
        const code = codes[at] as number;
        const inside = codes[at - 1] === code && codes[at + 1] === code && codes[at - stride] === code && codes[at + stride] === code;
        target[y * image.width + x] = inside ? 0 : (colors[code] as number);
      }
    }
  }

  return layer;
}
