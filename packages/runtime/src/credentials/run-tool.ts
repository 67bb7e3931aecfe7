import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { MAX_SECRET_BYTES } from "./credential-store.ts";

/** Never the PATH: a process with more rights than its caller runs what the system's own folders hold. */
const FOLDERS = ["/usr/bin", "/bin", "/usr/local/bin"];
const TIMEOUT_MS = 10_000;
const MAX_REASON_CHARACTERS = 160;

/** What a tool made of its call. */
export type ToolOutcome =
  | { readonly kind: "exited"; readonly code: number; readonly output: string; readonly complaint: string }
  | { readonly kind: "failed"; readonly reason: string };

export interface ToolCall {
  readonly tool: string;
  /** Show in process lists: never a secret (ATTACKS 47). */
  readonly args: readonly string[];
  /** For its standard input; a secret is written here and nowhere else. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

/** The file of a tool; undefined where it is not installed. */
export function findTool(name: string, folders: readonly string[] = FOLDERS): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a tool without a shell, with an environment of its own, a bound on what it says and on how long it takes. */
export async function runTool({
  tool,
  args,
  input = "",
  environment = {},
  timeoutMs = TIMEOUT_MS,
}: ToolCall): Promise<ToolOutcome> {
  const { promise, resolve } = Promise.withResolvers<ToolOutcome>();
  const child = spawn(tool, args, {
    env: environment,
    stdio: ["pipe", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const output = collect(child.stdout);
  const complaint = collect(child.stderr);
  child.on("error", (error) => resolve({ kind: "failed", reason: `it cannot be run (${codeOf(error)})` }));
  child.on("close", (code, signal) => {
    if (signal !== null)
      resolve({ kind: "failed", reason: `it did not answer within ${timeoutMs / 1_000} s, or was killed` });
    else if (output.isCut()) resolve({ kind: "failed", reason: "it said too much" });
    else resolve({ kind: "exited", code: code ?? -1, output: output.text(), complaint: firstLine(complaint.text()) });
  });
  // A tool that is gone before it has read everything is told by its exit, not by a broken pipe.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return promise;
}

function collect(stream: NodeJS.ReadableStream): { readonly text: () => string; readonly isCut: () => boolean } {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_SECRET_BYTES) chunks.push(chunk);
  });
  return { text: () => Buffer.concat(chunks).toString("utf8"), isCut: () => length > MAX_SECRET_BYTES };
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").replaceAll(/\p{Cc}/gu, " ").slice(0, MAX_REASON_CHARACTERS);
}
