import type { Command } from "../../command.ts";
import { print } from "../../terminal/print.ts";
import { show } from "./list.ts";
import { agentOption } from "../../settings.ts";

/** Starts a new version of the tenant's key. */
export const keyRotate: Command = {
  words: ["key", "rotate"],
  summary: "Start a new version of the tenant's key",
  details: "New values use it at once; old data keys move over when they are read and by a sweep in the background.",
  options: [agentOption],
  examples: [{ command: "holdfast key rotate", says: "then watch it with: holdfast key list" }],
  async run(context) {
    print(context, await context.call("key.rotate", {}), show);
    return undefined;
  },
};
