import { useCompileCache } from "./compile-cache.ts";
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

const leastMajor = 24;

if (Number.parseInt(process.versions.node, 10) >= leastMajor) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
} else {
  // Node's own message for what an older one does not know would not say what to do.
  process.stderr.write(
    `holdfast: Node.js ${leastMajor} or newer is needed; this is ${process.versions.node} (${process.execPath})\n` +
      "hint: run npm install in the project, which brings the right one, or put a newer node first in PATH\n",
  );
  process.exitCode = 1;
}
