import { execFile } from "node:child_process";
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { connections } from "../measure/load-server.ts";
import { percentile } from "../measure/statistics.ts";
import type { LoadSample } from "./load-cluster.ts";

const debianVersions = "/usr/lib/postgresql";
const scale = 10;
const threads = 2;
const startUpMs = 60_000;
const latencyField = 2;

/** PostgreSQL's own benchmark, prepared for one database. */
export interface Pgbench {
  /** One load of `connections` clients; `-T` counts whole seconds. */
  load(seconds: number): Promise<LoadSample>;
}

/** pgbench in the PATH or where Debian puts it, the newest first; undefined where there is none. */
export function findPgbench(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return [...folders, ...debianFolders()].map((folder) => join(folder, "pgbench")).find(isProgram);
}

function debianFolders(): readonly string[] {
  try {
    const versions = readdirSync(debianVersions).toSorted((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(debianVersions, version, "bin"));
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Fills its tables; a million accounts, as many as a large ledger has entries. */
export async function preparePgbench(program: string, databaseUrl: string, folder: string): Promise<Pgbench> {
  const url = new URL(databaseUrl);
  const env = { ...process.env, PGPASSWORD: decodeURIComponent(url.password) };
  url.password = ""; // command lines show in process lists
  const run = async (options: readonly string[], timeout: number) =>
    promisify(execFile)(program, [...options, url.href], { env, timeout });
  await run(["--initialize", "--quiet", `--scale=${scale}`], startUpMs);
  return {
    async load(seconds) {
      const whole = Math.max(1, Math.round(seconds));
      const logs = join(folder, "pgbench");
      mkdirSync(logs, { recursive: true });
      const options = ["--builtin=simple-update", "--protocol=prepared", "--no-vacuum", "--log"];
      const size = [`--client=${connections}`, `--jobs=${threads}`, `--time=${whole}`];
      const { stdout } = await run(
        [...options, ...size, `--log-prefix=${join(logs, "log")}`],
        whole * 1000 + startUpMs,
      );
      const latencies = latenciesIn(logs);
      rmSync(logs, { recursive: true });
      return {
        perSecond: Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]),
        p50Ms: percentile(latencies, 0.5),
        p99Ms: percentile(latencies, 0.99),
        brokenOff: 0,
      };
    },
  };
}

/** A line for each transaction: client, number, microseconds, … */
function latenciesIn(folder: string): readonly number[] {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  const lines = texts.flatMap((text) => text.split("\n").filter(Boolean));
  return lines.map((line) => Number(line.split(" ")[latencyField]) / 1000);
}
