import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { type Program, shipped } from "../program/program.ts";
import type { TestServer } from "../server.ts";

/** A hang is an error; being slow where much else runs is not. */
const maxMs = 60_000;

export interface Run {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
  /** What users run when left out. */
  readonly program?: Program;
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
  { env = {}, input = "", cwd, program = shipped }: RunOptions,
): SpawnSyncReturns<Buffer> {
  return spawnSync(process.execPath, [program.main, ...words], {
    cwd,
    // Nothing of the surrounding environment may name a server; state goes beside the data.
    env: { PATH: process.env["PATH"], HOME: cwd, ...program.env, ...env },
    input,
    timeout: maxMs,
  });
}

function shown({ stdout, stderr, status }: SpawnSyncReturns<Buffer>): Run {
  return { out: stdout.toString(), err: stderr.toString(), code: status };
}
