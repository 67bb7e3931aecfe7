import type { Command, Given, GivenOption, Option } from "./command.ts";
import { globalOptions } from "./settings.ts";

/**
 * Parses the plain cases of a command line without commander, which costs as much as the rest of a `get`.
 * Gives undefined for all that is unclear (help, unknown options, wrong counts): commander then parses the same words
 * again and says what is wrong. A property test keeps both equal.
 */
export function quickParse(words: readonly string[], commands: readonly Command[]): Parsed | undefined {
  const command = commands.find(({ words: [name] }) => name === words[0]);
  if (command === undefined) return undefined;
  const given = collect(words.slice(1), [...globalOptions, ...(command.options ?? [])]);
  return given !== undefined && fits(command, given) ? { command, given } : undefined;
}

export interface Parsed {
  readonly command: Command;
  readonly given: Given;
}

function collect(words: readonly string[], known: readonly Option[]): Given | undefined {
  const values: string[] = [];
  const options: Record<string, GivenOption> = {};
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    if (word === "--") return { arguments: [...values, ...words.slice(index + 1)], options };
    if (!word.startsWith("-") || word === "-") {
      values.push(word);
      continue;
    }
    const option = known.find(({ name }) => word === `--${name}`);
    const value = option?.value === undefined ? true : words[(index += 1)];
    // A value that looks like an option may be a slip of the user's; commander decides that.
    if (option === undefined || value === undefined || (value !== true && value.startsWith("-"))) return undefined;
    if (Object.hasOwn(options, option.name) && option.isRepeatable !== true) return undefined;
    options[option.name] = option.isRepeatable === true ? [...repeated(options[option.name]), value as string] : value;
  }
  return { arguments: values, options };
}

function repeated(value: GivenOption | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

function fits(command: Command, given: Given): boolean {
  const most = command.arguments?.length ?? 0;
  const least = command.arguments?.filter(({ isOptional }) => isOptional !== true).length ?? 0;
  return given.arguments.length >= least && given.arguments.length <= most;
}
