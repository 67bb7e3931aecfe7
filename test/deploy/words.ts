import { commandGroups } from "../../packages/cli/src/commands/all.ts";
import { globalOptions } from "../../packages/cli/src/settings.ts";

const commands = commandGroups.flatMap(([, group]) => group);

/** Everything that stands as code in a page. */
function codeOf(markdown: string): readonly string[] {
  const fenced = [...markdown.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, block = ""]) =>
    block.replaceAll(/\\\n\s*/g, " ").split("\n"),
  );
  const inline = [...markdown.replaceAll(/^```.*?^```/gms, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  return [...fenced.map((line) => line.replace(/ # .*/, "")), ...inline];
}

/** What a page tells people to type and the command line does not know: commands, and options of commands. */
export function unknownCommands(markdown: string): readonly string[] {
  const lines = codeOf(markdown).flatMap((line) => [...line.matchAll(/(?:^|\s)holdfast ([a-z].*?)(?=$|&&|\||;)/g)]);
  return lines.map(([, line = ""]) => line.trim()).filter((line) => !isKnown(line.split(/\s+/)));
}

function isKnown(words: readonly string[]): boolean {
  const command = commands.find(({ words: own }) => own.every((word, index) => words[index] === word));
  if (command === undefined) return false;
  const options = new Set([...(command.options ?? []), ...globalOptions].map(({ name }) => `--${name}`));
  return words.filter((word) => word.startsWith("--")).every((option) => options.has(option));
}
