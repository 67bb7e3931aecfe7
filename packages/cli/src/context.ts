import type { Command, Connection, Context, Given } from "./command.ts";
import { isSet } from "./given.ts";
import { agentSettingsOf, type Settings, settingsOf } from "./settings.ts";
import { processInput } from "./terminal/input.ts";
import { processOutput } from "./terminal/output.ts";

/** Makes the way to where settings lead; nothing is connected by it. */
export type Connect = (settings: Settings, workingFolder: string) => Connection;

/** The context of this process; the ways to server and agent are handed in. */
export function processContext(given: Given, command: Command, connect: Connect): Context {
  const { env } = process;
  const workingFolder = process.cwd();
  const isForAgent = command.program === "agent" || isSet(given, "agent");
  const toAgent = agentSettingsOf(given, env, isForAgent);
  const agent = connect(toAgent, workingFolder);
  const settings = isForAgent ? toAgent : settingsOf(given, env);
  return {
    env,
    workingFolder,
    settings,
    input: processInput(),
    output: processOutput(env),
    ...(isForAgent ? agent : connect(settings, workingFolder)),
    agent,
  };
}
