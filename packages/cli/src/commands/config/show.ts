import type { AgentSetting } from "@holdfast/agent";
import type { Command } from "../../command.ts";
import { compact, isSet, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";

/** Shows the settings that an agent would start with here, and where each is from. */
export const configShow: Command = {
  words: ["config", "show"],
  summary: "Show the agent's settings, and where each is from",
  details:
    "Reads every layer as `holdfast agent` does: defaults, /etc/holdfast, ~/.config/holdfast, HOLDFAST_AGENT_…. Secrets are named by their places. Needs no agent.",
  options: [
    { name: "config", value: "file", summary: "read this file of settings in place of both folders" },
    { name: "set-only", summary: "leave out what has its default" },
  ],
  examples: [
    { command: "holdfast config show", says: "every setting with its value and origin" },
    { command: "holdfast config show --set-only", says: "what differs from the defaults" },
    { command: "holdfast config show --json", says: "with types, variables, defaults and what each is for" },
  ],
  async run(context, given) {
    const { shownSettings } = await import("@holdfast/agent");
    const told = { env: context.env, flags: {}, ...compact({ namedFile: textOption(given, "config") }) };
    let settings: readonly AgentSetting[];
    try {
      settings = shownSettings(told);
    } catch (error) {
      if (!isStartFailure(error)) throw error;
      context.output.err(`holdfast: ${error.message}\nhint: ${error.hint}\n`);
      return error.exitCode;
    }
    const chosen = isSet(given, "set-only") ? settings.filter(({ origin }) => origin !== "default") : settings;
    print(context, { settings: chosen }, () => table(chosen.map(({ name, value, origin }) => [name, value, origin])));
    return undefined;
  },
};

/** By its shape: the class is the agent's, which is loaded when this runs. */
function isStartFailure(error: unknown): error is Error & { readonly hint: string; readonly exitCode: number } {
  return error instanceof Error && "hint" in error && "exitCode" in error;
}
