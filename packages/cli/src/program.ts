import { clientConnection } from "./client-connection.ts";
import { processContext } from "./context.ts";
import { runWords } from "./program/run-words.ts";
import { report } from "./report.ts";
import { processOutput } from "./terminal/output.ts";

/** Runs any command line of this process, with everything that the quick way does without. */
export async function runProgram(words: readonly string[]): Promise<number> {
  let close = (): void => {};
  try {
    return await runWords(words, (given) =>
      processContext(given, (settings, workingFolder) => {
        const connection = clientConnection(settings, workingFolder);
        close = connection.close;
        return connection;
      }),
    );
  } catch (error) {
    return report(error, processOutput(process.env));
  } finally {
    close();
  }
}
