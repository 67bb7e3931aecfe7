import { Argument as CommanderArgument, Command as Program, Option as CommanderOption } from "commander";
import { commandGroups, nounDetails, nounSummaries } from "../commands/all.ts";
import type { Argument, Command, Given, GivenOption, Option } from "../command.ts";
import { globalOptions, optionsOfServers, socketOfAgent } from "../settings.ts";
import { version } from "../version.ts";
import { examplesText, rootText } from "./help-text.ts";

/** The command that a command line names, and what it gives to it; filled in by parsing. */
export interface Chosen {
  command: Command | undefined;
  given: Given | undefined;
}

/** The commander program of all commands. Its actions only note what was chosen; nothing runs while parsing. */
export function buildProgram(chosen: Chosen): Program {
  const program = new Program("holdfast")
    .description("Keeps secrets and configuration, and proves what happened to them.")
    .version(version, "-V, --version", "print the version")
    .enablePositionalOptions()
    .showHelpAfterError(false)
    .configureHelp({ showGlobalOptions: false })
    .addHelpText("after", rootText());
  addOptions(program, globalOptions);
  for (const [heading, commands] of commandGroups) {
    for (const command of commands) addCommand(program, command, heading, chosen);
  }
  return program;
}

function addCommand(program: Program, command: Command, heading: string, chosen: Chosen): void {
  const verb = command.words.at(-1) ?? "";
  const built = groupOf(program, command.words.slice(0, -1), heading)
    .command(verb, { isDefault: command.isDefault === true })
    .summary(command.summary)
    .description(descriptionOf(command));
  if (command.words.length === 1) built.helpGroup(heading);
  for (const argument of command.arguments ?? []) built.addArgument(argumentOf(argument));
  addOptions(built, [...(command.options ?? []), ...globalOptions], command.program);
  built.addHelpText("after", examplesText(command));
  built.action(() => {
    chosen.command = command;
    chosen.given = givenOf(built);
  });
}

/** The group of commands that these words name: the whole program for none. */
function groupOf(program: Program, words: readonly string[], heading: string): Program {
  return words.reduce((parent, noun, depth) => {
    const found = parent.commands.find((command) => command.name() === noun);
    if (found !== undefined) return found;
    const name = words.slice(0, depth + 1).join(" ");
    const group = parent.command(noun).description(nounSummaries[name] ?? "");
    const details = nounDetails[name];
    if (details !== undefined) group.addHelpText("after", `\n${details}`);
    return depth === 0 ? group.helpGroup(heading) : group;
  }, program);
}

function descriptionOf({ summary, details }: Command): string {
  return details === undefined ? `${summary}.` : `${summary}.\n\n${details}`;
}

function argumentOf({ name, isOptional, isVariadic, summary }: Argument): CommanderArgument {
  const text = isVariadic === true ? `${name}...` : name;
  return new CommanderArgument(isOptional === true ? `[${text}]` : `<${text}>`, summary);
}

/** What an agent has no use for is still understood, so that a refusal can say why, and stands in no help. */
function addOptions(program: Program, options: readonly Option[], speaksTo?: Command["program"]): void {
  const isForAgent = speaksTo === "agent";
  for (const option of options)
    addOption(program, isForAgent && option.name === "socket" ? socketOfAgent : option, isForAgent);
}

function addOption(program: Program, { name, short, value, isRepeatable, summary }: Option, isForAgent: boolean): void {
  const flags = `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` <${value}>`}`;
  const option = new CommanderOption(flags, summary).hideHelp(isForAgent && optionsOfServers.includes(name));
  if (isRepeatable === true)
    option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
  program.addOption(option);
}

/** Options stand before or after the command's name; what stands nearer to it counts. */
function givenOf(program: Program): Given {
  const options: Record<string, GivenOption> = {};
  for (let at: Program | null = program; at !== null; at = at.parent) {
    for (const option of at.options) {
      const name = (option.long ?? "").slice(2);
      const value = at.getOptionValue(option.attributeName()) as GivenOption | undefined;
      if (value !== undefined && !Object.hasOwn(options, name)) options[name] = value;
    }
  }
  return { arguments: program.args, options };
}
