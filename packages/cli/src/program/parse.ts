import { type Command as Program, CommanderError } from "commander";
import { exitCodes } from "../exit-codes.ts";
import { usage } from "../failure.ts";

const harmless = new Set(["commander.helpDisplayed", "commander.version"]);

/** Parses, and gives the exit code for what commander does itself (help, version); a mistake becomes one line and a hint. */
export function parseWith(program: Program, words: readonly string[]): number {
  silence(program);
  try {
    program.parse([...words], { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (harmless.has(error.code)) return exitCodes.ok;
    // The help of a group without its command was shown, on stderr.
    if (error.code === "commander.help") return exitCodes.usage;
    if (error.code === "commander.excessArguments") throw strayWord(program, words) ?? failureOf(error.message);
    throw failureOf(error.message);
  }
}

/** A group with a default takes a misspelt verb for an argument of that; what was meant is one of its verbs. */
function strayWord(program: Program, words: readonly string[]) {
  let group = program;
  const path: string[] = [];
  for (const word of words) {
    const next = group.commands.find((command) => command.name() === word);
    if (next !== undefined) {
      path.push(word);
      group = next;
    } else if (path.length > 0 && !word.startsWith("-")) {
      const verbs = group.commands.map((command) => command.name()).join(", ");
      return verbs === ""
        ? undefined
        : usage(`unknown command '${word}'`, `${["holdfast", ...path].join(" ")} takes ${verbs}`);
    }
  }
  return undefined;
}

function silence(program: Program): void {
  program.exitOverride().configureOutput({ outputError: () => {} });
  for (const command of program.commands) silence(command);
}

/** `error: unknown option '--jsn'\n(Did you mean --json?)` */
function failureOf(message: string) {
  const [first = "", ...rest] = message.replace(/^error: /, "").split("\n");
  const hint = rest.join(" ").replace(/^\(|\)$/g, "");
  return usage(
    first,
    hint === "" ? "holdfast --help lists the commands, holdfast <command> --help explains one" : hint,
  );
}
