// Bundles the agent: no compiler of types in a process that has to be small, and one file in place of 600.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Where the bundle stands: as deep in the package as the module that looks for the rules of the starter pack beside it
 * (packages/agent/src/main/load-rules.ts).
 */
export const agentFolder = join("packages", "agent", "dist", "program");
export const agentEntry = "agent.mjs";

const program = { agent: "packages/agent/src/index.ts" };

/** Modules of threads, and those that are loaded in one by their URL. Apart: a thread shall not load the rest of the agent. */
const threads = {
  worker: "packages/engine/src/sqlite/worker.ts",
  "verifier-worker": "packages/engine/src/ledger/verifier-worker.ts",
  "open-snapshot": "packages/engine/src/sqlite/open-snapshot.ts",
  "payload-opener": "packages/spine/src/main/payload-opener.ts",
};

/** The executor's process may look at nothing but these two. */
const executor = {
  "executor-child": "packages/agent/src/detect/executor-child.ts",
  "executor-launch": "packages/agent/src/detect/executor-launch.ts",
};

/** Writes the agent's program into `folder`. */
export function bundleAgent(esbuild, options, folder) {
  const build = (entryPoints, chunks) =>
    esbuild.build({
      ...options,
      entryPoints,
      outdir: folder,
      chunkNames: `${chunks}-[hash]`,
      format: "esm",
      outExtension: { ".js": ".mjs" },
      splitting: chunks !== undefined,
      target: "node24",
      // Licences are kept, in files of their own: a letter that is not ASCII doubles what a module takes of memory.
      legalComments: "linked",
      plugins: [modulesByUrl(), builtinsByNeed()],
    });
  return Promise.all([build(program, "agent"), build(threads, "thread"), build(executor, undefined)]);
}

/**
 * An import of node:http asks for each of its exports, and so loads a WebSocket and a fetch that nobody uses, with all that
 * these need. Here each is asked for what is used.
 */
function builtinsByNeed() {
  return {
    name: "builtins-by-need",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:/ }, ({ path, kind }) =>
        kind === "import-statement" ? { path, namespace: "builtin", sideEffects: false } : undefined,
      );
      onLoad({ filter: /^/, namespace: "builtin" }, ({ path }) => ({ contents: builtin(path) }));
    },
  };
}

function builtin(path) {
  const names = Object.keys(process.getBuiltinModule(path)).filter((name) => name !== "default");
  const all = `process.getBuiltinModule("${path}")`;
  const exports = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => ${all}.${name})();`);
  return [...exports, `export default /* @__PURE__ */ (() => ${all})();`].join("\n");
}

const BY_URL = /new URL\("([a-z-]+)\.ts", import\.meta\.url\)/g;

/** What a source names by its URL stands in the bundle under the same name, as JavaScript. */
function modulesByUrl() {
  const names = Object.keys({ ...threads, ...executor });
  const bundled = (path) => (match, name) => {
    if (names.includes(name)) return `new URL("${name}.mjs", import.meta.url)`;
    throw new Error(`${path} loads ${name}.ts by its URL, which scripts/bundle/agent.mjs does not bundle`);
  };
  return {
    name: "modules-by-url",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\/packages\/\w+\/src\/.*\.ts$/ }, ({ path }) => {
        const code = readFileSync(path, "utf8");
        return { contents: code.replace(BY_URL, bundled(path)), loader: "ts" };
      }),
  };
}
