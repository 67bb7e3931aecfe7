import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestServer } from "../server.ts";

export const bundle = fileURLToPath(new URL("../../packages/cli/dist/holdfast.cjs", import.meta.url));
const sources = fileURLToPath(new URL("../../packages/cli/bin/from-sources.mjs", import.meta.url));
const maxMs = 20_000;

export interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
  /** The sources when left out: they are measured, and never older than themselves. */
  readonly program?: string;
}

export type Holdfast = (words: readonly string[], options?: RunOptions) => Run;

/**
 * The command as a user beside this server runs it: in the folder that holds the data folder, with nothing set but
 * where the server has its data. The server's data folder is called `.holdfast`, so that it is found.
 */
export function holdfastBeside(server: TestServer): Holdfast {
  const cwd = dirname(server.dataDir);
  return (words, { env = {}, ...options } = {}) =>
    shown(run(words, { cwd, env: { ...server.storage, ...env }, ...options }));
}

/** What came out as bytes. */
export function run(
  words: readonly string[],
  { env = {}, input = "", cwd, program = sources }: RunOptions,
): SpawnSyncReturns<Buffer> {
  return spawnSync(process.execPath, [program, ...words], {
    cwd,
    // Nothing of the surrounding environment may name a server; state goes beside the data.
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    input,
    timeout: maxMs,
  });
}

function shown({ stdout, stderr, status }: SpawnSyncReturns<Buffer>): Run {
  return { out: stdout.toString(), err: stderr.toString(), code: status };
}
