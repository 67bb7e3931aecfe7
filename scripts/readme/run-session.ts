import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

const mark = "\u001e";

/** Runs commands one after the other in one bash, so that variables last; what each printed, errors included. */
export async function runSession(
  commands: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly (readonly string[])[]> {
  const script = commands.map((command) => `printf '${mark}'\n${command}\n`).join("");
  const bash = spawn("bash", ["-c", `exec 2>&1\n${script}`], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const [, ...outputs] = (await text(bash.stdout)).split(mark);
  return outputs.map(linesOf);
}

function linesOf(output: string): readonly string[] {
  const lines = output.split("\n").map((line) => line.trimEnd());
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
