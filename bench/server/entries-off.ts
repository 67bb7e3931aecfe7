/**
 * Loaded before a server (`--import`), makes it the same server without its ledger: two modules are put in the place of
 * the ones that record, everything else runs as it is.
 */
import { registerHooks } from "node:module";
import { isMainThread } from "node:worker_threads";

const engine = new URL("../../packages/engine/src/", import.meta.url);
const replacements = new Map([
  [new URL("gate/record.ts", engine).href, new URL("entries-off/record.ts", import.meta.url).href],
  [new URL("sqlite/committer.ts", engine).href, new URL("entries-off/committer.ts", import.meta.url).href],
]);
const taken = new Set<string>();

// Worker threads inherit `--import`; they load none of these modules.
if (isMainThread) {
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const replacement = replacements.get(resolved.url);
      if (replacement === undefined || context.parentURL === replacement) return resolved;
      taken.add(replacement);
      return { ...resolved, url: replacement };
    },
  });
  // A file that moved would make both servers the same, and the comparison worthless.
  setTimeout(() => {
    if (taken.size !== replacements.size) throw new Error("entries-off replaces modules that are no longer there");
  }, 3_000).unref();
}
