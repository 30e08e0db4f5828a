import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyShapes, created, deleted, type ShapeChange, updated } from "../../src/core/shapes";
import type { Box, BoxChange } from "../../src/generated/schema";
import { seeded } from "../support/time";

interface Dot {
  readonly id: string;
  readonly at: number;
}

const dot = (id: string, at = 0): Dot => ({ id, at });
const ids = (value: readonly Dot[]) => value.map(({ id }) => id).join("");

interface Case {
  readonly name: string;
  readonly value: Box[];
  readonly change: BoxChange;
}

interface Applies extends Case {
  readonly after: Box[];
  readonly inverse: BoxChange;
}

interface Refused extends Case {
  /** Names a field when it is the field's content that Python refuses. */
  readonly path: string;
}

/** What Python's tests read, too. */
function shared<Kind>(file: string): Kind[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../../../tests/fixtures/bounding-box", file), "utf8"));
}

describe("the cases that Python passes, too", () => {
  it.each(shared<Applies>("changes.json"))("$name", ({ value, change, after, inverse }) => {
    const applied = applyShapes(value, change);
    expect(applied.value).toEqual(after);
    expect(applied.inverse).toEqual(inverse);
    expect(applyShapes(applied.value, applied.inverse).value).toEqual(value);
  });

  // Content is the session's to judge; which shapes there are, both must see alike.
  const refused = shared<Refused>("refused.json").filter(({ path, change }) => path === "" && !Array.isArray(change));
  it.each(refused)("refused: $name", ({ value, change }) => {
    expect(() => applyShapes(value, change)).toThrow();
  });
});

describe("applyShapes", () => {
  const abc = [dot("a"), dot("b"), dot("c")];

  it("puts new shapes last, in their order", () => {
    const { value, inverse } = applyShapes(abc, created(dot("d"), dot("e")));
    expect(ids(value)).toBe("abcde");
    expect(inverse).toEqual(deleted("d", "e"));
  });

  it("puts new shapes where `at` says, and last where `at` is silent or too large", () => {
    expect(ids(applyShapes(abc, { ...created(dot("d"), dot("e")), at: [0] }).value)).toBe("dabce");
    expect(ids(applyShapes(abc, { ...created(dot("d"), dot("e")), at: [1, 99] }).value)).toBe("adbce");
  });

  it("changes a shape where it stands", () => {
    const { value, inverse } = applyShapes(abc, updated(dot("b", 7)));
    expect(value).toEqual([dot("a"), dot("b", 7), dot("c")]);
    expect(inverse).toEqual(updated(dot("b", 0)));
  });

  it("brings deleted shapes back to their places, in whatever order they were named", () => {
    const { value, inverse } = applyShapes([...abc, dot("d")], deleted<Dot>("d", "a", "c"));
    expect(ids(value)).toBe("b");
    expect(ids(applyShapes(value, inverse).value)).toBe("abcd");
  });

  it("leaves the value that it was given alone", () => {
    const frozen = Object.freeze(abc.map((shape) => Object.freeze(shape)));
    applyShapes(frozen, { created: [dot("d")], updated: [dot("a", 1)], deleted: ["b"], at: [0] });
    expect(ids(frozen)).toBe("abc");
  });

  it.each([
    ["update", updated(dot("x"))],
    ["delete", deleted<Dot>("x")],
  ])("refuses to %s a shape that does not exist", (_, change) => {
    expect(() => applyShapes(abc, change)).toThrow("shape x does not exist");
  });

  it("refuses to create a shape that exists, as Python does", () => {
    expect(() => applyShapes(abc, created(dot("b")))).toThrow("shape b exists already");
  });

  it("is taken back by its inverse, and that by its own, for any change", () => {
    const random = seeded(20_250_711);
    let value: readonly Dot[] = [];
    let number = 0;
    for (let round = 0; round < 500; round += 1) {
      const pick = (share: number) => value.filter(() => random() < share);
      const gone = pick(0.25).sort(() => random() - 0.5);
      const change: ShapeChange<Dot> = {
        created: Array.from({ length: Math.floor(random() * 4) }, () => {
          number += 1;
          return dot(`s${number}`, random());
        }),
        updated: pick(0.3)
          .filter((shape) => !gone.includes(shape))
          .map(({ id }) => dot(id, random())),
        deleted: gone.map(({ id }) => id),
        at: Array.from({ length: Math.floor(random() * 4) }, () => Math.floor(random() * (value.length + 2))),
      };
      const there = applyShapes(value, change);
      const back = applyShapes(there.value, there.inverse);
      expect(back.value, `round ${round}`).toEqual(value);
      expect(applyShapes(back.value, back.inverse).value, `round ${round}, again`).toEqual(there.value);
      value = there.value;
    }
    expect(number).toBeGreaterThan(100);
  });
});
