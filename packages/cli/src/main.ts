import { useCompileCache } from "./compile-cache.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { runFast } from "./fast/run-fast.ts";
import { report } from "./report.ts";
import { processOutput } from "./terminal/output.ts";

/** The whole command: the quick way when it is one of the common cases, else with everything loaded. */
async function main(words: readonly string[]): Promise<number> {
  try {
    const code = await runFast(words);
    if (code !== undefined) return code;
    useCompileCache(process.env);
    return await (await import("./program.ts")).runProgram(words);
  } catch (error) {
    return report(error, processOutput(process.env));
  }
}

/** Node ends with 0 when nothing is left to wait for: a verdict that never came must not look like a good one. */
function endUnfinished(): void {
  const error = new Failure(
    exitCodes.failed,
    "ended before it was done",
    "this is a fault of holdfast; please report it",
  );
  process.exitCode = report(error, processOutput(process.env));
}

const leastMajor = 24;

if (Number.parseInt(process.versions.node, 10) >= leastMajor) {
  process.once("beforeExit", endUnfinished);
  void main(process.argv.slice(2)).then((code) => {
    // All output is written by now, and a server that failed half-way must not live on by its threads.
    process.exit(code);
  });
} else {
  // Node's own message for what an older one does not know would not say what to do.
  process.stderr.write(
    `holdfast: Node.js ${leastMajor} or newer is needed; this is ${process.versions.node} (${process.execPath})\n` +
      "hint: run npm install in the project, which brings the right one, or put a newer node first in PATH\n",
  );
  process.exitCode = 1;
}
