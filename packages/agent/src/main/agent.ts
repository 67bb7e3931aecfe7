import { relative } from "node:path";
import type { Logger } from "@holdfast/engine";
import {
  createLog,
  dropServiceVariables,
  keepAlive,
  keepAliveMs,
  type ServiceNotifier,
  serviceNotifier,
  shareCompileCache,
  StartFailure,
  untilStopped,
} from "@holdfast/runtime";
import { loadSettings, type Told } from "./load-settings.ts";
import { type RunningAgent, startAgent } from "./start-agent.ts";

/** What the agent's process is started with. */
export interface AgentOptions extends Told {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Ends the agent as Ctrl-C does. */
  readonly signal?: AbortSignal;
}

/** Runs the agent of this host until it is told to stop; the exit code says how it went (docs/cli.md). */
export async function agent(options: AgentOptions): Promise<number> {
  try {
    const loaded = loadSettings(options);
    const { logLevel: level, logFormat: format } = loaded.settings;
    const log = createLog({ level, format, name: "agent" });
    const service = serviceNotifier(options.env, (reason) => log.warn({ reason }, "systemd does not hear the agent"));
    // Threads and children copy the environment when they start.
    dropServiceVariables(process.env);
    shareCompileCache();
    const running = await startAgent({ loaded, told: options, log });
    // Listened for before the start is announced: whoever reads that may press Ctrl-C at once, and it has to drain.
    const stopped = untilStopped(anyOf(options.signal, parentGone()));
    const endReloads = reloadOnHangup({ told: options, running, service, log });
    const alive = keepAlive(service, keepAliveMs(options.env), () => running.health());
    options.stdout(banner(running));
    service.ready(statusOf(running));
    process.send?.({ ready: true });
    await stopped;
    options.stdout("holdfast: the agent is stopping, finishing what was begun\n");
    // One that is under way says that it is ready again, which must not come after the goodbye.
    await endReloads();
    service.stopping("finishing what was begun");
    await running.stop();
    alive.stop();
    service.close();
    return 0;
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    options.stderr(`holdfast: ${error.message}\nhint: ${error.hint}\n`);
    return error.exitCode;
  }
}

/** The server that started this agent, however that ended; undefined when nobody waits at the other end of a channel. */
function parentGone(): AbortSignal | undefined {
  if (process.channel === undefined) return undefined;
  const gone = new AbortController();
  process.once("disconnect", () => gone.abort());
  return gone.signal;
}

function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}

interface Reloading {
  readonly told: Told;
  readonly running: RunningAgent;
  readonly service: ServiceNotifier;
  readonly log: Logger;
}

/** SIGHUP reads settings, rules and sinks again, one time after the other; what is wrong with them changes nothing. */
function reloadOnHangup({ told, running, service, log }: Reloading): () => Promise<void> {
  let turn = Promise.resolve();
  const reload = async () => {
    service.reloading();
    try {
      await running.reload(loadSettings(told));
    } catch (error) {
      if (!(error instanceof StartFailure)) log.error({ err: error }, "the reload failed; everything stays as it was");
      else log.error({ problem: error.message }, "the reload is refused; everything stays as it was");
    }
    service.ready(statusOf(running));
  };
  const hangup = () => {
    turn = turn.then(reload);
  };
  process.on("SIGHUP", hangup);
  return () => {
    process.off("SIGHUP", hangup);
    return turn;
  };
}

/** One line for `systemctl status`: what does not work comes first. */
function statusOf(running: RunningAgent): string {
  const missing = running.features().filter(({ state }) => state !== "available");
  const state =
    missing.length === 0 ? "everything works" : `not as it should be: ${missing.map((one) => one.name).join(", ")}`;
  return `watches ${running.host}; ${state}`;
}

function banner({ folder, socket, host, isNew, seal, startedInMs, metricsPort }: RunningAgent): string {
  const lines = [
    `holdfast: the agent of ${host} is ready after ${Math.round(startedInMs)} ms`,
    `  data    ${shown(folder.path)}${isNew ? " (new)" : ""}`,
    `  socket  ${shown(socket)}`,
    `  seal    ${seal}`,
    ...(metricsPort === undefined ? [] : [`  metrics http://127.0.0.1:${metricsPort}/metrics`]),
    "",
    "  Try, in another terminal:",
    "    npx holdfast alerts",
    '    npx holdfast query "select pid, name, path from processes"',
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/** Relative only where that is shorter to read: inside the current folder. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short || ".";
}
