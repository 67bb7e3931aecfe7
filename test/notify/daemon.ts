import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

const START_TIMEOUT_MS = 20_000;

/** A folder that ends with the test; daemons that give up root read it too. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-notify-"));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a daemon in the foreground until the test ends; resolves when it listens on all of its ports. */
export async function runDaemon(
  program: string,
  words: readonly string[],
  ports: readonly number[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const child = spawn(program, words, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env["PATH"], ...env },
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  onTestFinished(() => ended(child));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!ports.every(listens)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${program} did not start:\n${said}`);
    await sleep(20);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await exited;
  clearTimeout(timer);
}

/** A port of this host that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const LISTENING: Readonly<Record<string, string>> = { tcp: "0A", tcp6: "0A", udp: "07", udp6: "07" };

/** From the kernel's tables: a connection that only looks whether somebody is there can hold up who speaks TLS. */
function listens(port: number): boolean {
  const place = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return Object.entries(LISTENING).some(([table, state]) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .some(([, local, , current]) => local?.endsWith(place) === true && current === state),
  );
}
