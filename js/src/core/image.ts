/** Decodes an image on the pixel grid in which it is stored: Python has set its orientation tag to upright. */
export async function decodeImage(data: DataView | null, mime: string | null): Promise<ImageBitmap> {
  if (!data) throw new Error("no image data arrived");
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return createImageBitmap(new Blob([bytes], { type: mime ?? "" }));
}
