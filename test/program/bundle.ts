import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { placeIn, programs } from "./place.ts";

const root = join(import.meta.dirname, "..", "..");

/** Modules of threads, and those that are loaded in one by their URL. */
const byUrl = [
  "packages/engine/src/sqlite/worker.ts",
  "packages/engine/src/sqlite/open-snapshot.ts",
  "packages/engine/src/ledger/verifier-worker.ts",
  "packages/postgres/src/worker.ts",
  "packages/postgres/src/snapshot.ts",
  "packages/server/src/main/payload-opener.ts",
  "packages/spine/src/main/payload-opener.ts",
];

/**
 * Writes the whole command with the server in it, and other programs that tests start, so that a start reads ten files in
 * place of a thousand. The agent stays the one that users run.
 */
export async function bundlePrograms(folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [...Object.values(programs), ...byUrl],
    outdir: folder,
    outbase: root,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
    keepNames: true,
    logLevel: "warning",
    external: ["koffi", "@koromix/*", "sodium-native", "@napi-rs/blake-hash"],
    // Dependencies that are CommonJS ask for node: modules by require(), which an ES module has to make.
    banner: { js: 'import{createRequire as cjs}from"node:module";const require=cjs(import.meta.url);' },
    plugins: [agentApart(), modulesByUrl(folder)],
  });
}

function agentApart(): Plugin {
  const path = join(root, "packages", "agent", "dist", "program", "agent.mjs");
  return {
    name: "agent-apart",
    setup: ({ onResolve }) => onResolve({ filter: /^@holdfast\/agent$/ }, () => ({ path, external: true })),
  };
}

const BY_URL = /new URL\("([a-z-]+\.ts)", import\.meta\.url\)/g;

/** What a source names by its URL, or says of itself by its own, is where it was written to. */
function modulesByUrl(folder: string): Plugin {
  const urlOf = (source: string): string => JSON.stringify(pathToFileURL(placeIn(folder, source)).href);
  const moved = (code: string, path: string): string => {
    const source = relative(root, path);
    const pointed = code.replaceAll(BY_URL, (_, name: string) => {
      const named = join(dirname(source), name);
      if (byUrl.includes(named)) return `new URL(${urlOf(named)})`;
      throw new Error(`${source} loads ${name} by its URL, which test/program/bundle.ts does not bundle`);
    });
    return byUrl.includes(source) ? pointed.replaceAll("import.meta.url", urlOf(source)) : pointed;
  };
  return {
    name: "modules-by-url",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\/packages\/\w+\/src\/.*\.ts$/ }, ({ path }) => ({
        contents: moved(readFileSync(path, "utf8"), path),
        loader: "ts",
      })),
  };
}
