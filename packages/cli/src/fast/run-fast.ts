import { processContext } from "../context.ts";
import { quickParse } from "../quick-parse.ts";
import { chooseSocket } from "../reach/choose.ts";
import { fastCommands } from "./commands.ts";
import { socketConnection } from "./socket-connection.ts";

/**
 * Runs the common commands against a Unix socket with next to nothing loaded. Gives undefined when this is not such a
 * case, before anything was done.
 */
export async function runFast(words: readonly string[]): Promise<number | undefined> {
  const parsed = quickParse(words, fastCommands);
  if (parsed === undefined) return undefined;
  const context = processContext(parsed.given, parsed.command, (settings, workingFolder) =>
    socketConnection(() => chooseSocket(settings, workingFolder), settings),
  );
  if (context.settings.address !== undefined) return undefined;
  return (await parsed.command.run(context, parsed.given)) ?? 0;
}
