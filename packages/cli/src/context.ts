import { agentConnection } from "./agent-connection.ts";
import type { Command, Connection, Context, Given } from "./command.ts";
import { isSet } from "./given.ts";
import { agentSettingsOf, type Settings, settingsOf } from "./settings.ts";
import { processInput } from "./terminal/input.ts";
import { processOutput } from "./terminal/output.ts";

/** Makes the way to where settings lead; nothing is connected by it. */
export type Connect = (settings: Settings, workingFolder: string) => Connection;

/** Whether a command speaks to the agent: it always does, or it was told to. */
export function isForAgent(given: Given, command?: Pick<Command, "program">): boolean {
  return command?.program === "agent" || isSet(given, "agent");
}

/** The context of this process; the ways to server and agent are handed in. */
export function processContext(given: Given, command: Command, connect: Connect): Context {
  const { env } = process;
  const workingFolder = process.cwd();
  const isAgents = isForAgent(given, command);
  const toAgent = agentSettingsOf(given, env, isAgents);
  const agent = agentConnection(connect(toAgent, workingFolder));
  const settings = isAgents ? toAgent : settingsOf(given, env);
  return {
    env,
    workingFolder,
    settings,
    input: processInput(),
    output: processOutput(env),
    ...(isAgents ? agent : connect(settings, workingFolder)),
    agent,
  };
}
