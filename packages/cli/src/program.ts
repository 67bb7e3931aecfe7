import { clientConnection } from "./client-connection.ts";
import { addCompletion } from "./commands/shell/completion.ts";
import { processContext } from "./context.ts";
import { buildProgram, type Chosen } from "./program/build.ts";
import { parseWith } from "./program/parse.ts";
import { report } from "./report.ts";

/** Runs any command line: help, mistakes and completion by commander, the rest by the command's own definition. */
export async function runProgram(words: readonly string[]): Promise<number> {
  try {
    return await runWords(words);
  } catch (error) {
    return report(error, process.env);
  }
}

async function runWords(words: readonly string[]): Promise<number> {
  const chosen: Chosen = { command: undefined, given: undefined };
  const program = buildProgram(chosen);
  addCompletion(program);
  const code = parseWith(program, words);
  const { command, given } = chosen;
  if (command === undefined || given === undefined) return code;
  let close = (): void => {};
  const context = processContext(given, (settings, workingFolder) => {
    const connection = clientConnection(settings, workingFolder);
    close = connection.close;
    return connection;
  });
  try {
    return (await command.run(context, given)) ?? 0;
  } finally {
    close();
  }
}
