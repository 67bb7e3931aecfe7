import { clientConnection } from "./client-connection.ts";
import { processContext } from "./context.ts";
import { runWords } from "./program/run-words.ts";
import { report } from "./report.ts";
import { processOutput } from "./terminal/output.ts";

/** Runs any command line of this process, with everything that the quick way does without. */
export async function runProgram(words: readonly string[]): Promise<number> {
  const closes: (() => void)[] = [];
  try {
    return await runWords(words, (given, command) =>
      processContext(given, command, (settings, workingFolder) => {
        const connection = clientConnection(settings, workingFolder);
        closes.push(connection.close);
        return connection;
      }),
    );
  } catch (error) {
    return report(error, processOutput(process.env));
  } finally {
    for (const close of closes) close();
  }
}
