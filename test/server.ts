import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled, type Program } from "./program/program.ts";
import { storageSettings } from "./storage.ts";

const READY = /ready at (https:\/\/\S+)/;
const START_TIMEOUT_MS = 60_000;

export interface ServerOptions {
  /** Reused when given, and then left alone at the end; a fresh temporary folder otherwise. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it is started by, such as `setpriv …`: programs that replace themselves with it, so that its id is theirs. */
  readonly under?: readonly string[];
  /** What starts soonest when left out. */
  readonly program?: Program;
}

/** A real server in a process of its own, started as a user starts it. */
export interface TestServer {
  readonly process: ChildProcess;
  readonly dataDir: string;
  readonly socketPath: string;
  readonly caPath: string;
  /** What a command needs beside the data folder to find the same data while no server runs. */
  readonly storage: Readonly<Record<string, string>>;
  /** `https://127.0.0.1:<port>` */
  readonly address: string;
  /** What it has printed so far, on both streams. */
  readonly output: () => string;
  /** Ends as Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Ends as a power cut does. */
  kill(): Promise<void>;
  /** Removes the data folder, when it was made here. */
  remove(): void;
}

/** Starts `holdfast up` and waits until it is ready; rejects with its output when it is not. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? join(mkdtempSync(join(tmpdir(), "holdfast-")), "data");
  const storage = await settingsOf(dataDir, options.env);
  const child = spawnServer(dataDir, { ...options, env: { ...storage, ...options.env } });
  let output = "";
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const address = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`not ready in time:\n${output}`));
    }, START_TIMEOUT_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = READY.exec(output)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    void exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`exit ${String(code)}:\n${output}`));
    });
  });
  return {
    process: child,
    dataDir,
    socketPath: join(dataDir, "socket"),
    caPath: join(dataDir, "ca.pem"),
    storage,
    address,
    output: () => output,
    stop() {
      child.kill("SIGINT");
      return exited;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    remove() {
      if (options.dataDir === undefined) rmSync(join(dataDir, ".."), { recursive: true, force: true });
    },
  };
}

/** Runs `holdfast up` where it is expected to refuse, and gives what it said. */
export async function refusedStart(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  under: readonly string[] = [],
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const child = spawnServer(dataDir, { env: { ...(await settingsOf(dataDir, env)), ...env }, under });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const exitCode = await new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  clearTimeout(timer);
  return { exitCode, output };
}

/** A caller that names a database itself needs none made. */
async function settingsOf(dataDir: string, env: ServerOptions["env"] = {}): Promise<Readonly<Record<string, string>>> {
  const url = env["HOLDFAST_STORAGE_URL"];
  return url === undefined ? storageSettings(dataDir) : { HOLDFAST_STORAGE_URL: url };
}

/** Starts `holdfast up` on the storage that `env` names, and waits for nothing. */
export function spawnServer(
  dataDir: string,
  { env = {}, under = [], program = bundled }: Omit<ServerOptions, "dataDir">,
): ChildProcess {
  const [command, ...words] = [...under, process.execPath, "--disable-sigusr1", program.main, "up"] as const;
  return spawn(command, words, {
    env: {
      ...surroundings(),
      ...program.env,
      HOLDFAST_DATA_DIR: dataDir,
      HOLDFAST_HTTP_ADDR: "127.0.0.1:0",
      HOLDFAST_RATE_LIMIT: "0",
      // A process more, and one that reads all of /proc: tests of the agent say that they want it.
      HOLDFAST_AGENT: "off",
      // Beside the data folder, so that no test leaves anything in the home of whoever runs it.
      HOLDFAST_CHECKPOINT_DIR: `${dataDir}-checkpoints`,
      // Another user could not write what coverage collects, and would say so among what is compared.
      ...(under.length === 0 ? {} : { NODE_V8_COVERAGE: "" }),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Without the settings of whoever runs the tests: they may name a database that is worth something. */
function surroundings(): NodeJS.ProcessEnv {
  const isKept = (name: string) => !name.startsWith("HOLDFAST_") || name === "HOLDFAST_DEBUG";
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isKept(name)));
}
