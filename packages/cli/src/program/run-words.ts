import type { Command, Context, Given } from "../command.ts";
import { addCompletion } from "../commands/shell/completion.ts";
import { buildProgram, type Chosen } from "./build.ts";
import { parseWith } from "./parse.ts";

/** Parses any command line and runs what it names; help, version and completion are done by commander on the way. */
export async function runWords(
  words: readonly string[],
  contextOf: (given: Given, command: Command) => Context,
): Promise<number> {
  const chosen: Chosen = { command: undefined, given: undefined };
  const program = buildProgram(chosen);
  addCompletion(program);
  const code = parseWith(program, words);
  const { command, given } = chosen;
  if (command === undefined || given === undefined) return code;
  return (await command.run(contextOf(given, command), given)) ?? 0;
}
