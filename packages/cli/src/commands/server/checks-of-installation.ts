import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Finding, ok, unavailable, wrong } from "./finding.ts";

const leastMajor = 24;

export function nodeCheck(): Finding {
  const { node } = process.versions;
  const isNew = Number.parseInt(node, 10) >= leastMajor;
  return isNew ? ok("node", `${node} at ${process.execPath}`) : wrong("node", `${node} is older than ${leastMajor}`);
}

/** Without its bundle the command works, but each start takes several times as long. */
export function bundleCheck(): Finding {
  try {
    const file = createRequire(import.meta.url)
      .resolve("@holdfast/cli/package.json")
      .replace("package.json", "dist/holdfast.cjs");
    readFileSync(file);
    return ok("bundle", file);
  } catch {
    return unavailable("bundle", "running from sources, which starts slowly; npm start builds it");
  }
}
