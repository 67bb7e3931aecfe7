import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const patienceSeconds = 30;

/** A server as `npm start` runs it, in a folder of its own and on a free port. */
export interface TourServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts `holdfast up` in a folder, and waits until it and its agent can be reached. */
export async function serve(folder: string, env: NodeJS.ProcessEnv): Promise<TourServer> {
  const port = await freePort();
  const child = spawn("holdfast", ["up"], {
    cwd: folder,
    env: { ...env, HOLDFAST_HTTP_ADDR: `127.0.0.1:${port}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  await reachable(child, [join(folder, ".holdfast", "socket"), join(folder, ".holdfast", "agent", "socket")], output);
  return { port, stop: () => stop(child) };
}

async function reachable(child: ChildProcess, sockets: readonly string[], output: readonly string[]): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`holdfast up ended with ${code}:\n${output.join("")}`)));
  });
  const ready = async (): Promise<void> => {
    for (let waited = 0; waited < patienceSeconds * 20; waited += 1) {
      if (sockets.every((socket) => existsSync(socket))) return;
      await sleep(50);
    }
    child.kill();
    throw new Error(`holdfast up made no sockets within ${patienceSeconds} s:\n${output.join("")}`);
  };
  await Promise.race([failed, ready()]);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.removeAllListeners("exit");
  const ended = once(child, "exit");
  child.kill("SIGINT");
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
