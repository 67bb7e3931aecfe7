// Bundles the command line: packages/cli/dist/holdfast.cjs is the quick way for the common commands, alone in one file;
// program.mjs and its chunks are everything else. Does nothing, and loads nothing, when no input has changed.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "packages", "cli", "src");
const dist = join(root, "packages", "cli", "dist");
const stampFile = join(dist, "inputs.json");
const entryFile = "holdfast.cjs";

if (!isCurrent()) await build();

/** Whether each file that went in is still what it was. */
function isCurrent() {
  try {
    statSync(join(dist, entryFile));
    const stamp = JSON.parse(readFileSync(stampFile, "utf8"));
    return Object.entries(stamp).every(([path, mark]) => markOf(path) === mark);
  } catch {
    return false;
  }
}

function markOf(path) {
  const { size, mtimeMs } = statSync(join(root, path));
  return `${size} ${mtimeMs}`;
}

async function build() {
  const esbuild = await import("esbuild");
  const fresh = join(dist, `fresh-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  try {
    const results = await Promise.all([quick(esbuild, fresh), rest(esbuild, fresh)]);
    const names = moveInto(fresh);
    const inputs = ["scripts/bundle.mjs", ...results.flatMap(({ metafile }) => Object.keys(metafile.inputs))];
    writeFileSync(stampFile, JSON.stringify(Object.fromEntries(inputs.map((path) => [path, markOf(path)]))));
    removeOthers([...names, basename(stampFile)]);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * One file, and CommonJS: an ES module that imports node:fs makes Node load its streams and promises too, 4 ms that are
 * a tenth of a `get`. Its syntax is older than its needs, so that an old Node gets to say what it lacks.
 */
function quick(esbuild, folder) {
  return esbuild.build({
    ...options(),
    entryPoints: [join(sources, "main.ts")],
    outfile: join(folder, entryFile),
    format: "cjs",
    target: "node18",
    define: { "import.meta.url": "__filename" },
    plugins: [programApart()],
  });
}

function rest(esbuild, folder) {
  return esbuild.build({
    ...options(),
    entryPoints: [join(sources, "program.ts")],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    chunkNames: "program-[hash]",
    format: "esm",
    splitting: true,
    target: "node24",
    // Dependencies that are CommonJS ask for node: modules by require(), which an ES module has to make.
    banner: { js: 'import{createRequire as cjs}from"node:module";const require=cjs(import.meta.url);' },
  });
}

/** Native modules cannot be bundled, and server and agent run from their own sources. */
function options() {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    metafile: true,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
    external: ["@holdfast/server", "@holdfast/agent", "koffi", "@koromix/*", "sodium-native", "@napi-rs/blake-hash"],
  };
}

function programApart() {
  const apart = { path: "./program.mjs", external: true };
  return {
    name: "program-apart",
    setup: ({ onResolve }) => onResolve({ filter: /\/program\.ts$/ }, () => apart),
  };
}

/** The file that everything starts from moves last: whoever starts meanwhile has a whole bundle, the old or the new. */
function moveInto(folder) {
  const names = readdirSync(folder).sort((a, b) => Number(a === entryFile) - Number(b === entryFile));
  for (const name of names) renameSync(join(folder, name), join(dist, name));
  return names;
}

function removeOthers(names) {
  for (const name of readdirSync(dist)) {
    if (!names.includes(name)) rmSync(join(dist, name), { recursive: true, force: true });
  }
}
