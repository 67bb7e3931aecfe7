import type { Connection, Context, Given } from "./command.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { processInput } from "./terminal/input.ts";
import { processOutput } from "./terminal/output.ts";

/** The context of this process; the way to the server is handed in. */
export function processContext(
  given: Given,
  connect: (settings: Settings, workingFolder: string) => Connection,
): Context {
  const { env } = process;
  const workingFolder = process.cwd();
  const settings = settingsOf(given, env);
  return {
    env,
    workingFolder,
    settings,
    input: processInput(),
    output: processOutput(env),
    ...connect(settings, workingFolder),
  };
}
