// Bundles the command line: packages/cli/dist/holdfast.cjs is the quick way for the common commands, alone in one file;
// program.mjs and its chunks are everything else, but for the agent, which stands in its own package. Does nothing, and
// loads nothing, when no input has changed.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { agentEntry, agentFolder, bundleAgent } from "./bundle/agent.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "packages", "cli", "src");
const dist = join(root, "packages", "cli", "dist");
const stampFile = join(dist, "inputs.json");
const entryFile = "holdfast.cjs";
const agentDist = join(root, agentFolder);
/** Dependencies that are CommonJS ask for node: modules by require(), which an ES module has to make. */
const REQUIRE = 'import{createRequire as cjs}from"node:module";const require=cjs(import.meta.url);';

if (!isCurrent()) await build();

/** Whether each file that went in is still what it was. */
function isCurrent() {
  try {
    statSync(join(dist, entryFile));
    statSync(join(agentDist, agentEntry));
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
  const freshAgent = join(agentDist, `fresh-${process.pid}`);
  for (const folder of [fresh, freshAgent]) mkdirSync(folder, { recursive: true });
  try {
    const agent = bundleAgent(esbuild, { ...options(), banner: { js: REQUIRE } }, freshAgent);
    const results = (await Promise.all([quick(esbuild, fresh), rest(esbuild, fresh), agent])).flat();
    // The agent first: the command line that starts it is the last to be there.
    const agentNames = moveInto(agentDist, freshAgent, agentEntry);
    const names = moveInto(dist, fresh, entryFile);
    const own = ["scripts/bundle.mjs", "scripts/bundle/agent.mjs"];
    const files = results.flatMap(({ metafile }) => Object.keys(metafile.inputs)).filter((path) => !path.includes(":"));
    const inputs = [...own, ...files];
    writeFileSync(stampFile, JSON.stringify(Object.fromEntries(inputs.map((path) => [path, markOf(path)]))));
    removeOthers(dist, [...names, basename(stampFile)]);
    removeOthers(agentDist, agentNames);
  } finally {
    for (const folder of [fresh, freshAgent]) rmSync(folder, { recursive: true, force: true });
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
    plugins: [programApart(), agentApart()],
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
    banner: { js: REQUIRE },
    plugins: [agentApart()],
  });
}

/** Native modules cannot be bundled, and the server runs from its own sources. */
function options() {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    metafile: true,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
    external: ["@holdfast/server", "koffi", "@koromix/*", "sodium-native", "@napi-rs/blake-hash"],
  };
}

function programApart() {
  const apart = { path: "./program.mjs", external: true };
  return {
    name: "program-apart",
    setup: ({ onResolve }) => onResolve({ filter: /\/program\.ts$/ }, () => apart),
  };
}

/** Beside this package, wherever both were installed. */
function agentApart() {
  const apart = { path: `../../agent/dist/program/${agentEntry}`, external: true };
  return {
    name: "agent-apart",
    setup: ({ onResolve }) => onResolve({ filter: /^@holdfast\/agent$/ }, () => apart),
  };
}

/** The file that everything starts from moves last: whoever starts meanwhile has a whole bundle, the old or the new. */
function moveInto(target, folder, entry) {
  const names = readdirSync(folder).sort((a, b) => Number(a === entry) - Number(b === entry));
  for (const name of names) renameSync(join(folder, name), join(target, name));
  return names;
}

function removeOthers(folder, names) {
  for (const name of readdirSync(folder)) {
    if (!names.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
