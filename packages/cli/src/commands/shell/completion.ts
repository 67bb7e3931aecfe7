import type { Command as Program } from "commander";
import tab from "@bomb.sh/tab/commander";

/** Adds `completion <shell>`, which prints a script, and the hidden command that the script asks. */
export function addCompletion(program: Program): void {
  tab(program, { completionCommandName: "completion" });
  program.commands.find((command) => command.name() === "completion")?.helpGroup("Shell:");
}
