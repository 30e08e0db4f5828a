import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "../src");

/** Ways for text to become markup or code, and for a page to call elsewhere. */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ["markup from text", /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|dangerouslySet/],
  ["code from text", /\beval\s*\(|new\s+Function\b|set(?:Timeout|Interval)\s*\(\s*["'`]/],
  ["an address", /(?:https?|wss?):\/\//],
];

function offences(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const bare = line.replace(/xmlns(?::\w+)?=(["'])http:\/\/www\.w3\.org\/[^"']*\1/g, "");
    return FORBIDDEN.filter(([, pattern]) => pattern.test(bare)).map(([name]) => `${name}: ${line.trim()}`);
  });
}

describe("the source", () => {
  const files = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

  it("is found", () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.some((file) => file.endsWith("shell.css"))).toBe(true);
  });

  it.each(files.map((file) => [file.slice(SOURCE.length + 1), file]))("%s makes no markup or code of text and calls no address", (_, file) => {
    expect(offences(readFileSync(file, "utf8"))).toEqual([]);
  });
});

describe("the rule", () => {
  it.each([
    "element.innerHTML = name;",
    "element.outerHTML = name;",
    "element.insertAdjacentHTML('beforeend', name);",
    "document.write(name);",
    "eval(code)",
    "new Function(code)",
    "fetch('http://example.org')",
    "// see https://example.org",
    "background: url(https://example.org/a.png);",
    "<div dangerouslySetInnerHTML={{ __html: name }} />",
  ])("catches %s", (line) => {
    expect(offences(line)).toHaveLength(1);
  });

  it("lets the namespace of SVG pass, and nothing beside it", () => {
    expect(offences('<svg xmlns="http://www.w3.org/2000/svg" />')).toEqual([]);
    expect(offences('<svg xmlns="http://www.w3.org/2000/svg" href="http://example.org" />')).toHaveLength(1);
  });
});
