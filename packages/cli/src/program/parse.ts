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
    throw failureOf(error.message);
  }
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
