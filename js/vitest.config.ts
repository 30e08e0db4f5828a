import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { defineConfig } from "vitest/config";

const PREFIX = "\0style:";

/** A style sheet is text in the bundle (build.mjs), so it is text in the tests; the renamed module keeps Vite's own CSS plugin off it. */
const styleAsText = {
  name: "style-as-text",
  enforce: "pre" as const,
  resolveId(source: string, importer?: string) {
    return source.endsWith(".css") && importer ? `${PREFIX}${resolve(dirname(importer), source)}.js` : null;
  },
  async load(id: string) {
    if (!id.startsWith(PREFIX)) return null;
    const source = await readFile(id.slice(PREFIX.length, -".js".length), "utf8");
    return `export default ${JSON.stringify(source)};`;
  },
};

export default defineConfig({
  plugins: [styleAsText],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
