import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";

const root = dirname(dirname(import.meta.dirname));
const bin = join(root, "node_modules", ".bin");

/** Runs a command of the project in its root, output to the terminal; how it ended. */
export function command(line: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<number | string> {
  const [name = "", ...args] = line;
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, ...extra };
  return new Promise((resolve) => {
    const child = spawn(name, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code ?? signal ?? "ended"));
  });
}
