import type { Mask, MaskChange } from "../generated/schema";
import { codeOf, createRunWriter, fromText, KEEP, lengthOf, type RunWriter, toText } from "./runs";
import type { Applied } from "./shapes";
import type { Size } from "./viewport";

/**
 * A class for each pixel: code 0 is none, code i + 1 is `names[i]`.
 *
 * The pixels of a large image are too many to be copied at every stroke, so all versions of a mask share them: only the newest is to be read.
 */
export interface PixelMask extends Size {
  readonly pixels: Uint8Array;
  readonly names: readonly string[];
  /** Number of pixels of each code. */
  readonly counts: readonly number[];
  /** The suggestion that a class came from. */
  readonly origins: Readonly<Record<string, string>>;
}

/** Rows of a band, as in `nblabel/geometry/bands.py`. */
const BAND = 64;
/** A change is cut before it has more runs than this: as text they are 2.7 MB, a message may have 4 MiB. */
const MOST_RUNS = 500_000;

/** Drafts and changes of an earlier version have no `origins`. */
export function parseMask({ width, height, classes, counts, bands, origins = {} }: Omit<Mask, "origins"> & Partial<Mask>): PixelMask {
  const pixels = new Uint8Array(width * height);
  bands.forEach((text, place) => {
    let at = place * BAND * width;
    for (const run of text === "" ? [] : fromText(text)) {
      const end = at + lengthOf(run);
      if (codeOf(run) !== 0) pixels.fill(codeOf(run), at, end);
      at = end;
    }
  });
  const labeled = counts.reduce((sum, count) => sum + count, 0);
  return { width, height, pixels, names: classes, counts: [width * height - labeled, ...counts], origins };
}

/** What `parseMask` reads; a class that no pixel has is left out. */
export function writeMask({ width, height, pixels, names, counts, origins }: PixelMask): Mask {
  const used = names.filter((_, place) => counts[place + 1]);
  const table = [0, ...names.map((name) => used.indexOf(name) + 1)];
  const bands: string[] = [];
  for (let from = 0; from < pixels.length; from += BAND * width) {
    const runs = createRunWriter();
    for (const code of pixels.subarray(from, from + BAND * width)) runs.add(table[code] as number, 1);
    const band = runs.finish();
    bands.push(band.every((run) => codeOf(run) === 0) ? "" : toText(band));
  }
  return { width, height, classes: used, counts: used.map((name) => counts[names.indexOf(name) + 1] as number), bands, origins, file: null };
}

export function emptyMask({ width, height }: Size): Mask {
  return { width, height, classes: [], counts: [], bands: new Array<string>(Math.ceil(height / BAND)).fill(""), origins: {}, file: null };
}

/** Paints a change; the rule is that of `SemanticSegmentation.apply` in Python, and both pass the same fixtures. */
export function applyMask(mask: PixelMask, change: Omit<MaskChange, "origins"> & Partial<MaskChange>): Applied<PixelMask, MaskChange> {
  const { pixels } = mask;
  const names = [...new Set([...mask.names, ...change.classes])];
  const table = [0, ...change.classes.map((name) => names.indexOf(name) + 1)];
  const runs = fromText(change.runs);
  check(runs, table.length, pixels.length);
  const counts = [...mask.counts, ...new Array<number>(names.length + 1 - mask.counts.length).fill(0)];
  const inverse = createRunWriter();
  let at = 0;
  for (const run of runs) {
    const end = at + lengthOf(run);
    const code = codeOf(run) === KEEP ? KEEP : (table[codeOf(run)] as number);
    if (code === KEEP) inverse.add(KEEP, end - at);
    else paintRun(pixels, at, end, code, counts, inverse);
    at = end;
  }
  const { origins, former } = withOrigins(mask.origins, change.origins ?? {});
  return { value: { ...mask, names, counts, origins }, inverse: { classes: [...mask.names], runs: toText(inverse.finish()), origins: former } };
}

function withOrigins(known: PixelMask["origins"], change: MaskChange["origins"]) {
  const after = Object.entries({ ...known, ...change }).filter((entry): entry is [string, string] => entry[1] !== null);
  const former = Object.keys(change).map((name) => [name, known[name] ?? null] as const);
  return { origins: Object.fromEntries(after), former: Object.fromEntries(former) };
}

function check(runs: Uint32Array, codes: number, pixels: number): void {
  let sum = 0;
  for (const run of runs) {
    if (codeOf(run) !== KEEP && codeOf(run) >= codes) throw new Error(`code ${codeOf(run)} stands for no class`);
    sum += lengthOf(run);
  }
  if (sum > pixels) throw new Error("the change reaches over the image");
}

function paintRun(pixels: Uint8Array, from: number, end: number, code: number, counts: number[], inverse: RunWriter): void {
  for (let at = from; at < end; ) {
    const before = pixels[at] as number;
    let next = at + 1;
    while (next < end && pixels[next] === before) next += 1;
    inverse.add(before === code ? KEEP : before, next - at);
    counts[before] = (counts[before] as number) - (next - at);
    counts[code] = (counts[code] as number) + (next - at);
    at = next;
  }
  pixels.fill(code, from, end);
}

/** Part of an image: whole pixels, the end not included. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Gives the changes that paint a class (null takes it away) wherever `wanted` says so; more than one only where a single message would be too large.
 *
 * `wanted` is asked for each pixel of `area` by its place.
 */
export function paintWhere(mask: PixelMask, area: Area, name: string | null, wanted: (place: number) => boolean): MaskChange[] {
  const code = name === null ? 0 : mask.names.indexOf(name) + 1 || -1;
  const classes = name === null ? [] : [name];
  const { pixels, width } = mask;
  const changes: MaskChange[] = [];
  let runs = createRunWriter();
  let done = 0;
  let differs = false;

  function paintRow(from: number, end: number): void {
    for (let at = from; at < end; ) {
      const start = at;
      for (; at < end && wanted(at); at += 1) differs ||= pixels[at] !== code;
      if (at > start) {
        runs.add(KEEP, start - done);
        runs.add(classes.length, at - start);
        done = at;
      } else at += 1;
    }
  }

  for (let row = area.top; row < area.bottom; row += 1) {
    paintRow(row * width + area.left, row * width + area.right);
    if (runs.count < MOST_RUNS) continue;
    changes.push({ classes, runs: toText(runs.finish()), origins: {} });
    runs = createRunWriter();
    runs.add(KEEP, done);
  }
  if (runs.count > 0) changes.push({ classes, runs: toText(runs.finish()), origins: {} });
  return differs ? changes.filter((change) => change.runs !== "") : [];
}
