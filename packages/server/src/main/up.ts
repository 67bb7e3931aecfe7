import { createLog, type Environment, ownName, shareCompileCache, StartFailure, untilStopped } from "@holdfast/runtime";
import { join, relative, resolve } from "node:path";
import type { Logger } from "@holdfast/engine";
import { placeOf } from "@holdfast/postgres";
import { AgentBeside, type AgentCommand } from "./agent-beside.ts";
import { type Configuration, configurationFrom, dropSecrets, unknownSettings } from "./configuration.ts";
import { sealLine } from "@holdfast/spine";
import { type RunningServer, startServer } from "./server.ts";

/** What the server's process is started with. */
export interface UpOptions {
  readonly env: Environment;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Ends the server as Ctrl-C does. */
  readonly signal?: AbortSignal;
  /** How the agent of this host is started; none runs when left out. */
  readonly agent?: AgentCommand;
}

/** Runs the server until it is told to stop; the exit code says how it went (docs/cli.md). */
export async function up(options: UpOptions): Promise<number> {
  try {
    const configuration = configurationFrom(options.env);
    // Threads and children copy the environment when they start.
    dropSecrets(process.env);
    shareCompileCache();
    const { logLevel: level, logFormat: format } = configuration;
    const log = createLog({ level, format, name: "server" });
    for (const setting of unknownSettings(options.env)) log.warn({ setting }, "unknown setting; is it misspelt?");
    const agent = agentBeside(configuration, options, log);
    const server = await startServer(configuration, log, agent);
    // Listened for before the start is announced: whoever reads that may press Ctrl-C at once, and it has to drain.
    // A terminal that is closed is no reason to end without draining.
    const stopped = untilStopped(options.signal, ["SIGINT", "SIGTERM", "SIGHUP"]);
    options.stdout(banner(server, agent));
    await stopped;
    options.stdout("holdfast: stopping, finishing what was begun\n");
    await server.stop();
    return 0;
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    options.stderr(`holdfast: ${error.message}\nhint: ${error.hint}\n`);
    return error.exitCode;
  }
}

function banner(
  { address, folder, storage, isNew, seal, startedInMs }: RunningServer,
  agent: AgentBeside | undefined,
): string {
  const lines = [
    `holdfast: ready at ${address} after ${Math.round(startedInMs)} ms`,
    `  data    ${storage === undefined ? shown(folder.path) : `PostgreSQL at ${placeOf(storage)}`}${isNew ? " (new)" : ""}`,
    `  socket  ${shown(folder.socket)}   you (${ownName()}) are administrator here`,
    `  CA      ${shown(folder.ca)}`,
    `  seal    ${sealLine(seal, storage === undefined ? "sqlite" : "postgres")}`,
    ...(agent === undefined ? [] : [`  agent   ${shown(agent.dataDir)}   watches this host`]),
    "",
    "  Try, in another terminal:",
    ...(isFound(folder.path) ? [] : [`    export HOLDFAST_SOCKET=${quoted(folder.socket)}`]),
    "    printf s3cr3t | npx holdfast put applications/shop/config/db-password",
    "    npx holdfast get applications/shop/config/db-password",
    "    npx holdfast audit log",
    ...(agent === undefined ? [] : ["    npx holdfast alerts"]),
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/** Whether a command in this folder finds the server by itself; elsewhere it might find another one. */
function isFound(path: string): boolean {
  return resolve(path) === resolve(".holdfast");
}

/** An absolute path as one word of a shell. */
function quoted(path: string): string {
  const full = resolve(path);
  return /^[\w./-]+$/.test(full) ? full : `'${full.replaceAll("'", "'\\''")}'`;
}

/** The agent of this host, its data in the folder of the server's. */
function agentBeside(
  { hasAgent, dataDir, checkpointDir }: Configuration,
  { agent: command, env: environment }: UpOptions,
  log: Logger,
): AgentBeside | undefined {
  if (!hasAgent || command === undefined) return undefined;
  return new AgentBeside({ command, dataDir: join(dataDir, "agent"), checkpointDir, environment, log });
}

/** Relative only where that is shorter to read: inside the current folder. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short || ".";
}
