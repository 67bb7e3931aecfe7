import { spawn } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@holdfast/client";
import { afterAll, onTestFinished } from "vitest";
import { bundled } from "../program/program.ts";
import { type ServerOptions, startServer, type TestServer } from "../server.ts";

export const isRoot: boolean = process.getuid?.() === 0;

/** A folder that ends with the test; data goes into a folder below it, so that checkpoints of the second place do too. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "holdfast-faults-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** A server that ends with the test, whatever comes of it. */
export async function runningServer(options: ServerOptions & { readonly dataDir: string }): Promise<TestServer> {
  const server = await startServer(options);
  onTestFinished(() => server.kill());
  return server;
}

/** A client over the socket, as the administrator that whoever started the server is. */
export function administrator({ socketPath }: TestServer): Client {
  const client = createClient({ socketPath, retries: 0 });
  onTestFinished(() => client.close());
  return client;
}

/** A stopped server's data, with what lies in the second place, in a home of its own. */
export function copyOfData(dataDir: string): string {
  const copy = join(temporaryHome(), "data");
  copyData(dataDir, copy);
  return copy;
}

function copyData(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  chmodSync(to, 0o700);
  cpSync(`${from}-checkpoints`, `${to}-checkpoints`, { recursive: true });
}

export interface Said {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command, with nothing of what whoever runs the tests has set or remembered. */
export async function holdfast(words: readonly string[], dataDir: string): Promise<Said> {
  const child = spawn(process.execPath, [bundled.main, ...words], {
    cwd: join(dataDir, ".."),
    env: { ...bundled.env, PATH: process.env["PATH"], XDG_STATE_HOME: join(dataDir, "..", "state") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exitCode, ...said };
}

const keptHomes: string[] = [];
// Here, where a file that imports this is collected: a hook that is registered inside another one never runs.
afterAll(() => {
  for (const home of keptHomes) rmSync(home, { recursive: true, force: true });
});

/** Data that several tests of a file copy: what a client does with a server that is stopped afterwards, on a copy of `from`. */
export async function keptData(fill: (client: Client) => Promise<void>, from?: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "holdfast-faults-"));
  keptHomes.push(home);
  const dataDir = join(home, "data");
  if (from !== undefined) copyData(from, dataDir);
  const server = await startServer({ dataDir });
  const client = createClient({ socketPath: server.socketPath, retries: 0 });
  try {
    await fill(client);
  } finally {
    client.close();
    await server.stop();
  }
  return dataDir;
}
