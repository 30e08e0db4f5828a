import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Granularity, isRightToLeft, segmentsOf } from "../../src/core/segments";
import { identicalTo, indexPieces, type Piece, rowsOf } from "../../src/core/spans";
import { blocksOf, decodeText, offsetsOf } from "../../src/core/texts";
import { seeded } from "../support/time";

const PIECES = ["a", "bc ", "😀", "𝒜", "👩‍👩‍👧", "e\u0301", "\r\n", "\n", "ש", "中文", " ", "🇩🇪", ".", "\ud83d"];

/** Texts of what is awkward, the same at every run. */
function texts(count: number): string[] {
  const random = seeded(11);
  return Array.from({ length: count }, () => Array.from({ length: random() * 14 }, () => PIECES[Math.floor(random() * PIECES.length)]).join(""));
}

describe("offsets", () => {
  const shared: { text: string; units: number[] }[] = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../../tests/fixtures/named-entity-recognition/offsets.json"), "utf8"),
  );
  it.each(shared)("are Python's: $text", ({ text, units }) => {
    const offsets = offsetsOf(text);
    expect(units.map((_, codePoint) => offsets.toUnit(codePoint))).toEqual(units);
    expect(units.map((unit) => offsets.toCodePoint(unit))).toEqual([...units.keys()]);
  });

  it("select what was seen, whatever the text", () => {
    for (const text of texts(300)) {
      const points = [...text];
      const offsets = offsetsOf(text);
      for (const start of [...points.keys()]) {
        const end = start + 1 + ((start * 7) % 3);
        if (end > points.length) continue;
        expect(text.slice(offsets.toUnit(start), offsets.toUnit(end))).toBe(points.slice(start, end).join(""));
        expect(offsets.toCodePoint(offsets.toUnit(end))).toBe(end);
      }
    }
  });
});

describe("segments", () => {
  it("cover a text without a gap and never cut a character", () => {
    for (const text of texts(200)) {
      const segments = segmentsOf(text);
      const whole = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)].map(({ index }) => index);
      for (const granularity of ["character", "word", "sentence"] as Granularity[]) {
        for (let from = 0; from < text.length; from += 1) {
          const grown = segments.expand({ from, to: Math.min(from + 2, text.length) }, granularity);
          if (!grown) continue;
          expect([...whole, text.length]).toContain(grown.from);
          expect([...whole, text.length]).toContain(grown.to);
          expect(grown.from).toBeLessThan(grown.to);
        }
      }
    }
  });

  it("are walked forward and back over the same units", () => {
    for (const text of texts(100)) {
      const segments = segmentsOf(text);
      const forward = [];
      for (let unit = segments.next(0, "word"); unit; unit = segments.next(unit.to, "word")) forward.push(unit);
      const back = [];
      for (let unit = segments.previous(text.length, "word"); unit; unit = segments.previous(unit.from, "word")) back.push(unit);
      expect(back.reverse()).toEqual(forward);
    }
  });

  it("of a sentence leave out the blanks around it", () => {
    const text = "One two.  Three four.\nFive";
    expect(segmentsOf(text).expand({ from: 11, to: 12 }, "sentence")).toEqual({ from: 10, to: 21 });
    expect(segmentsOf(text).expand({ from: 8, to: 10 }, "word")).toBeNull();
  });

  it("know in which direction a line runs", () => {
    expect(isRightToLeft("abc\n1 שלום\nabc", 6)).toBe(true);
    expect(isRightToLeft("abc\n1 שלום\nabc", 1)).toBe(false);
  });
});

describe("blocks", () => {
  it("begin after line breaks and lose nothing", () => {
    const text = `${"word ".repeat(900)}\n`.repeat(7);
    const starts = blocksOf(text);
    expect(starts.length).toBe(7);
    expect(starts.slice(1).every((start) => text[start - 1] === "\n")).toBe(true);
    expect(starts.map((start, place) => text.slice(start, starts[place + 1])).join("")).toBe(text);
  });

  it("are one where there is no line break", () => {
    expect(blocksOf("x".repeat(50_000))).toEqual([0]);
    expect(blocksOf("")).toEqual([0]);
  });
});

it("a text keeps a byte order mark that Python left in it", () => {
  expect(decodeText(new DataView(new TextEncoder().encode("\ufeffa\r\n").buffer)).text).toBe("\ufeffa\r\n");
});

describe("spans", () => {
  const piece = (id: string, from: number, to: number): Piece => ({ id, label: "x", from, to });

  it("in a part of the text are found as a look at all of them would", () => {
    const random = seeded(5);
    const pieces = Array.from({ length: 200 }, (_, place) => {
      const from = Math.floor(random() * 1_000);
      return piece(String(place), from, from + 1 + Math.floor(random() ** 4 * 400));
    });
    const index = indexPieces(pieces);
    for (let from = 0; from < 1_400; from += 37) {
      const expected = pieces.filter((other) => other.from < from + 50 && other.to > from).map(({ id }) => id);
      expect(new Set(index.within({ from, to: from + 50 }).map(({ id }) => id))).toEqual(new Set(expected));
    }
  });

  it("that overlap get lines of their own, the inner ones next to the text", () => {
    const rows = rowsOf([piece("outer", 0, 20), piece("inner", 2, 5), piece("across", 4, 9), piece("alone", 30, 40)]);
    expect(Object.fromEntries(rows)).toEqual({
      inner: { row: 0, of: 3 },
      across: { row: 1, of: 3 },
      outer: { row: 2, of: 3 },
      alone: { row: 0, of: 1 },
    });
  });

  it("that read alike are found whole or within words, in any case or the same", () => {
    const text = "London, LONDON. Londoner (London)";
    const find = (wholeWord: boolean, matchCase: boolean) =>
      identicalTo(text, { from: 0, to: 6 }, { wholeWord, matchCase }, segmentsOf(text)).map(({ from }) => from);
    expect(find(true, true)).toEqual([26]);
    expect(find(true, false)).toEqual([8, 26]);
    expect(find(false, false)).toEqual([8, 16, 26]);
    expect(identicalTo("a.b axb a.b", { from: 0, to: 3 }, { wholeWord: false, matchCase: true }, segmentsOf("a.b axb a.b"))).toEqual([
      { from: 8, to: 11 },
    ]);
  });
});
