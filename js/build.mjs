// Bundles one self-contained ES module per task type: js/src/tasks/<type>.ts -> nblabel/static/<type>.js, and one script for worker templates:
// nblabel/static/<type>.worker.js. What previews of templates are shown with is nblabel/static/crowd-elements.js.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "..", "nblabel", "static");

// A style sheet is imported as minified text, to be put into the labeler's shadow root.
const styleAsText = {
  name: "style-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = await esbuild.transform(source, { loader: "css", minify: true });
      return { contents: code, loader: "text" };
    });
  },
};

function entry(task) {
  return [
    `import task from "./src/tasks/${task}";`,
    `import { jupyter } from "./src/hosts/jupyter";`,
    `import { page } from "./src/hosts/page";`,
    "export default jupyter(task);",
    "export const mount = page(task);",
  ].join("\n");
}

// The same task in a worker template, which cannot import: a script that starts by itself.
function workerEntry(task) {
  return [
    `import task from "./src/tasks/${task}";`,
    `import { crowd } from "./src/hosts/crowd";`,
    `const element = document.getElementById("nblabel");`,
    `if (element) void crowd(task, element);`,
  ].join("\n");
}

async function bundle(name, contents, format) {
  const result = await esbuild.build({
    stdin: { contents, resolveDir: here, sourcefile: `${name}.entry.ts`, loader: "ts" },
    absWorkingDir: here,
    outfile: join(output, name),
    bundle: true,
    format,
    target: "es2022",
    platform: "browser",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [styleAsText],
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  return { name, contents: result.outputFiles[0].contents, inputs: Object.keys(result.metafile.inputs) };
}

function packagesIn(bundles) {
  const names = bundles.flatMap(({ inputs }) => inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]));
  return [...new Set(names.filter(Boolean))].sort();
}

async function licenses(packages) {
  const notices = packages.map(async (name) => {
    const { version, license } = JSON.parse(await readFile(join(here, "node_modules", name, "package.json"), "utf8"));
    const text = await readFile(join(here, "node_modules", name, "LICENSE"), "utf8");
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(notices)).join("\n\n");
}

const sources = (await readdir(join(here, "src", "tasks"))).filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"));
const tasks = sources.map((name) => basename(name).replace(/\.tsx?$/, "")).sort();
const bundles = await Promise.all([
  ...tasks.flatMap((task) => [bundle(`${task}.js`, entry(task), "esm"), bundle(`${task}.worker.js`, workerEntry(task), "iife")]),
  bundle("crowd-elements.js", `import "./src/preview/crowd-elements";`, "iife"),
]);

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
for (const { name, contents } of bundles) {
  await writeFile(join(output, name), contents);
  console.log(`${name}: ${contents.length} bytes minified, ${gzipSync(contents, { level: 9 }).length} gzipped`);
}
await writeFile(join(output, "third-party-licenses.txt"), await licenses(packagesIn(bundles)));
