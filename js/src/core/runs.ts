/** Runs of equal pixels as masks travel: a code in the upper 8 bits, a number of pixels in the lower 24. The same as `nblabel/geometry/runs.py`. */

/** In a change: pixels that stay as they are. */
export const KEEP = 255;
const LONGEST = (1 << 24) - 1;

export const codeOf = (run: number): number => run >>> 24;
export const lengthOf = (run: number): number => run & LONGEST;

/** Collects runs; neighbours of one code become one. */
export interface RunWriter {
  add(code: number, length: number): void;
  readonly count: number;
  /** All of it, without what leaves the last pixels alone. */
  finish(): Uint32Array;
}

export function createRunWriter(): RunWriter {
  let runs = new Uint32Array(256);
  let count = 0;

  function put(code: number, length: number): void {
    if (count === runs.length) {
      const larger = new Uint32Array(2 * count);
      larger.set(runs);
      runs = larger;
    }
    runs[count] = ((code << 24) | length) >>> 0;
    count += 1;
  }

  return {
    add(code, length) {
      let rest = length;
      const last = count > 0 ? (runs[count - 1] as number) : 0;
      if (count > 0 && codeOf(last) === code) {
        rest += lengthOf(last);
        count -= 1;
      }
      for (; rest > LONGEST; rest -= LONGEST) put(code, LONGEST);
      if (rest > 0) put(code, rest);
    },
    get count() {
      return count;
    },
    finish() {
      while (count > 0 && codeOf(runs[count - 1] as number) === KEEP) count -= 1;
      return runs.slice(0, count);
    },
  };
}

const CHUNK = 0x8000;

export function toText(runs: Uint32Array): string {
  const bytes = new Uint8Array(4 * runs.length);
  const view = new DataView(bytes.buffer);
  for (const [place, run] of runs.entries()) view.setUint32(4 * place, run, true);
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(start, start + CHUNK)));
  return btoa(parts.join(""));
}

export function fromText(text: string): Uint32Array {
  const signs = atob(text);
  if (signs.length % 4 !== 0) throw new Error("runs have four bytes each");
  const runs = new Uint32Array(signs.length / 4);
  for (let place = 0; place < runs.length; place += 1) {
    const at = 4 * place;
    runs[place] =
      (signs.charCodeAt(at) | (signs.charCodeAt(at + 1) << 8) | (signs.charCodeAt(at + 2) << 16) | (signs.charCodeAt(at + 3) << 24)) >>> 0;
  }
  return runs;
}
