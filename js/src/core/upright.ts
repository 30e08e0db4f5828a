const JPEG = 0xffd8;
const APP1 = 0xffe1;
const START_OF_SCAN = 0xffda;
const EXIF = 0x45786966;
const ORIENTATION = 0x0112;

/**
 * Sets the orientation tag of a JPEG to 1, in place: Ground Truth counts pixels as they are stored, browsers turn the image first.
 *
 * The rule is that of `nblabel/media.py`, which does so for images that Python has read. Format: Exif 2.32, section 4.5; TIFF 6.0, section 2.
 */
export function setUpright(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 4 || view.getUint16(0) !== JPEG) return;
  try {
    for (let at = 2; view.getUint16(at) !== START_OF_SCAN; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint16(at) === APP1 && view.getUint32(at + 4) === EXIF) {
        setEntry(view, at + 10);
        return;
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // it ends before its first scan: whoever decodes it will say so
  }
}

/** Sets the entry in the first directory of a TIFF structure. */
function setEntry(view: DataView, start: number): void {
  const little = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, little);
  const count = view.getUint16(directory, little);
  for (let entry = directory + 2; entry < directory + 2 + 12 * count; entry += 12) {
    if (view.getUint16(entry, little) === ORIENTATION) view.setUint16(entry + 8, 1, little);
  }
}
