import { spawn } from "node:child_process";
import { constants } from "node:os";
import { errnoOf, usage } from "../../failure.ts";

const forwarded = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"] as const;
/** A terminal sends these to the child itself; passing them on would deliver them twice. */
const fromTerminal = ["SIGINT", "SIGQUIT"] as const;

/** How a command ended, or the code of the system's error when it never started. */
export type Ending = { readonly exitCode: number; readonly failedToStart?: string };

/** Runs a command with this process's input and output and forwards signals to it. */
export function runChild(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ending> {
  const [file, ...rest] = words;
  if (file === undefined) throw usage("no command is given", "write it after --");
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const child = spawn(file, rest, { env, stdio: "inherit" });
  const release = forwardSignals((signal) => child.kill(signal));
  // Only the code of the error is kept: its spawn arguments and environment must not reach a message.
  child.once("error", (error) => resolve(notStarted(errnoOf(error) ?? "unknown")));
  child.once("exit", (code, signal) => resolve({ exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) }));
  return promise.finally(release);
}

/** The codes that shells give. */
function notStarted(errno: string): Ending {
  return { exitCode: errno === "ENOENT" ? 127 : 126, failedToStart: errno };
}

function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const ignore = (): void => {};
  const own = process.stdin.isTTY ? ignore : send;
  for (const signal of forwarded) process.on(signal, send);
  for (const signal of fromTerminal) process.on(signal, own);
  return () => {
    for (const signal of forwarded) process.off(signal, send);
    for (const signal of fromTerminal) process.off(signal, own);
  };
}
