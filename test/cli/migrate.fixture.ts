import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createClient } from "@holdfast/client";
import pg from "pg";
import { afterAll } from "vitest";
import { createDatabase, type TestDatabase } from "../postgres.ts";
import { bundled } from "../program/program.ts";
import { startServer, type TestServer } from "../server.ts";
import type { Run } from "./holdfast.ts";

/** More than one set of what is copied in one transaction. */
export const SECRETS = 1_100;
/** Where it does not matter how many there are. */
export const FEW = 20;
/** Whatever the rest of this run is on. */
export const ON_SQLITE = { HOLDFAST_STORAGE_URL: "" };

/** A hang is an error; being slow where much else runs is not. */
const MAX_MS = 60_000;

export type Environment = Readonly<Record<string, string>>;

// Of all tests of a file, which run beside each other.
const servers: TestServer[] = [];
const databases: TestDatabase[] = [];
const homes: string[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  for (const database of databases) await database.drop();
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "holdfast-move-"));
  homes.push(home);
  return home;
}

/** An installation whose server is stopped, and what is known of it. */
export interface Installation {
  readonly home: string;
  /** Of a reader. */
  readonly token: string;
}

/** With two tenants, and with so many secrets; enough of them take a while. */
export async function install(secrets: number): Promise<Installation> {
  const installed = newHome();
  const server = await startServer({ dataDir: join(installed, ".holdfast"), env: ON_SQLITE });
  const client = createClient({ socketPath: server.socketPath, retries: 3 });
  await client.tenants.create({ name: "other" });
  await client.secrets.put("applications/shop/config/db-password", { value: "theirs" }, { tenant: "other" });
  const { token } = await client.tokens.create({ roles: ["reader"] });
  await inTurns(secrets, (count) => client.secrets.put(`applications/a${count}/config/key`, { value: count }));
  await client.secrets.put("applications/shop/config/db-password", { value: "ours" });
  client.close();
  await server.stop();
  return { home: installed, token };
}

async function inTurns(count: number, work: (count: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

/** A copy of the installation, in a home of its own. */
export function copyOf(installation: Installation): string {
  const home = newHome();
  for (const name of [".holdfast", ".holdfast-checkpoints"]) {
    cpSync(join(installation.home, name), join(home, name), { recursive: true });
  }
  chmodSync(join(home, ".holdfast"), 0o700);
  return home;
}

export async function newDatabase(): Promise<string> {
  const database = await createDatabase();
  databases.push(database);
  return database.url;
}

/** The command in this home, with what a server there would be told. */
export async function holdfast(home: string, words: readonly string[], env: Environment = {}): Promise<Run> {
  const child = command(home, words, env, "pipe");
  const [out, err, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exitOf(child)]);
  return { out, err, code };
}

/** Starts the command, and waits for nothing. */
export function command(
  home: string,
  words: readonly string[],
  env: Environment,
  output: "pipe" | "ignore" = "ignore",
): ChildProcess {
  return spawn(process.execPath, [bundled.main, ...words], {
    cwd: home,
    // Nothing of the surrounding environment may name a server; state goes beside the data.
    env: { PATH: process.env["PATH"], HOME: home, ...bundled.env, ...environment(home, env) },
    stdio: ["ignore", output, output],
    timeout: MAX_MS,
  });
}

export const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once("exit", (code) => resolve(code)));

export const environment = (home: string, env: Environment): Environment => ({
  HOLDFAST_CHECKPOINT_DIR: join(home, ".holdfast-checkpoints"),
  ...env,
});

export const toPostgres = (home: string, url: string, ...words: string[]): Promise<Run> =>
  holdfast(home, ["migrate", "sqlite-to-postgres", ...words], { HOLDFAST_STORAGE_URL: url });

export const toSqlite = (home: string, url: string, ...words: string[]): Promise<Run> =>
  holdfast(home, ["migrate", "postgres-to-sqlite", ...words], {
    HOLDFAST_STORAGE_URL: url,
    HOLDFAST_ROOT_KEY_FILE: join(home, ".holdfast", "root.key"),
  });

export async function runningServer(home: string, env: Environment, folder = ".holdfast"): Promise<TestServer> {
  const server = await startServer({ dataDir: join(home, folder), env: environment(home, env) });
  servers.push(server);
  return server;
}

export async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

export const hasSchema = async (url: string): Promise<boolean> =>
  (await ask(url, "SELECT to_regclass('holdfast.head') IS NOT NULL AS found"))[0]?.["found"] === true;

export const digestOf = (home: string): string =>
  createHash("sha256")
    .update(readFileSync(join(home, ".holdfast", "holdfast.db")))
    .digest("hex");

export interface Answer {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  readonly found: string;
  readonly copied: { readonly entries: number };
}

export const answerOf = ({ out, err }: Run): Answer => JSON.parse(out || JSON.stringify({ err })) as Answer;
