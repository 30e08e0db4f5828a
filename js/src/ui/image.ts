import { decodeImage } from "../core/image";
import type { ItemView } from "../generated/schema";

/** Decodes the image of an item. */
export function loadImage(data: DataView | null, view: ItemView): Promise<ImageBitmap | null> {
  return decodeImage(data, view.mime);
}
