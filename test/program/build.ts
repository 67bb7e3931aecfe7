import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundlePrograms } from "./bundle.ts";
import { programsVariable } from "./variables.ts";

interface Shared {
  users: number;
  readonly folder: string;
  readonly built: Promise<void>;
}

/** Each project loads this module for itself, so what they share lies with the process. */
const place = process as { holdfastProgram?: Shared };
const root = join(import.meta.dirname, "..", "..");

/**
 * Vitest calls this once for each project that starts processes and has a file to run. The first one builds what they
 * run, from the sources of now; what it returns removes it when the last is done.
 */
export async function setup(): Promise<() => void> {
  const shared = (place.holdfastProgram ??= begin());
  shared.users += 1;
  await shared.built;
  return () => {
    shared.users -= 1;
    if (shared.users === 0) rmSync(shared.folder, { recursive: true, force: true });
  };
}

function begin(): Shared {
  // Below node_modules, where dependencies that cannot be bundled are found; and whoever a test runs it as may read it.
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "holdfast-"));
  chmodSync(folder, 0o755);
  return { users: 0, folder, built: buildIn(folder) };
}

async function buildIn(folder: string): Promise<void> {
  const { status } = spawnSync(process.execPath, [join(root, "scripts", "bundle.mjs")], { stdio: "inherit" });
  if (status !== 0) throw new Error("the command line could not be bundled; the reason is above");
  await bundlePrograms(folder);
  process.env[programsVariable] = folder;
}
