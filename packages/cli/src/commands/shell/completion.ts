import type { Command as Program } from "commander";
import tab from "@bomb.sh/tab/commander";
import { commandGroups } from "../all.ts";

const help = `
Examples:
  # for this shell; a line in ~/.bashrc keeps it
  source <(holdfast completion bash)
  # the same for zsh, and for fish
  source <(holdfast completion zsh)
  holdfast completion fish | source
`;

/** The script for bash asks the package bash-completion for the words; where that is absent, this answers. */
const wordsForBash = `declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
}
`;

/** Adds `completion <shell>`, which prints a script, and the hidden command that the script asks. */
export function addCompletion(program: Program): void {
  describedBySummary(program, () =>
    offeringChoices(program, () => tab(program, { completionCommandName: "completion" })),
  );
  program.commands
    .find((command) => command.name() === "completion")
    ?.description("Print a script for bash, zsh, fish or powershell")
    .helpGroup("Shell:")
    .addHelpText("after", help)
    .hook("preAction", (_, command) => {
      if (command.args[0] === "bash") process.stdout.write(wordsForBash);
    });
}

/** A shell shows one line for each command: any further line of a description would be offered as a word to type. */
function describedBySummary(program: Program, work: () => void): void {
  const commands = commandsBelow(program);
  const descriptions = commands.map((command) => command.description());
  for (const command of commands) command.description(command.summary() || command.description());
  work();
  commands.forEach((command, index) => command.description(descriptions[index] ?? ""));
}

const commandsBelow = (program: Program): Program[] =>
  program.commands.flatMap((command) => [command, ...commandsBelow(command)]);

/** Words that options take are for shells: in the help they stand in the summary, and a command refuses others itself. */
function offeringChoices(program: Program, work: () => void): void {
  const offered = commandGroups.flatMap(([, commands]) =>
    commands.flatMap(({ words, options = [] }) =>
      options.flatMap(({ name, choices }) => {
        const option = choices && commandAt(program, words)?.options.find(({ long }) => long === `--${name}`);
        return option === undefined ? [] : [{ option, choices }];
      }),
    ),
  );
  for (const { option, choices } of offered) option.argChoices = [...choices!];
  work();
  for (const { option } of offered) delete option.argChoices;
}

const commandAt = (program: Program, words: readonly string[]): Program | undefined =>
  words.reduce<Program | undefined>((at, word) => at?.commands.find((command) => command.name() === word), program);
