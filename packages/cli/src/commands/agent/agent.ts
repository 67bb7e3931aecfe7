import type { Command, Given } from "../../command.ts";
import { useCompileCache } from "../../compile-cache.ts";
import { usage } from "../../failure.ts";
import { compact, textOption, textOptions } from "../../given.ts";
import { refuseInspector } from "../process/refuse-inspector.ts";

/** Runs the agent of this host in the foreground until it is told to stop. */
export const agent: Command = {
  words: ["agent"],
  summary: "Watch this host, judge what runs on it, and tell people, until Ctrl-C",
  details:
    "Keeps its own ledger, events and socket in its data folder (./.holdfast/agent, or HOLDFAST_AGENT_DATA_DIR). Settings come from /etc/holdfast and ~/.config/holdfast, then HOLDFAST_AGENT_…, then what is said here; SIGHUP reads rules and sinks again. `holdfast up` runs one by itself.",
  options: [
    { name: "data-dir", value: "dir", summary: "data folder (HOLDFAST_AGENT_DATA_DIR)" },
    { name: "config", value: "file", summary: "read this file of settings in place of both folders" },
    { name: "set", value: "name=value", isRepeatable: true, summary: "one setting, such as store.batchRows=500" },
  ],
  examples: [
    { command: "holdfast agent", says: "an agent for development, beside the server's data" },
    { command: "holdfast agent --data-dir /var/lib/holdfast-agent", says: "as the service runs it" },
    { command: "holdfast agent --set metricsAddress=127.0.0.1:9464", says: "with /metrics and /healthz on this host" },
  ],
  async run({ env, output }, given) {
    refuseInspector("agent");
    const flags = settingsIn(given);
    // Types would be taken out of each source anew, by a compiler that stays in memory. A bundle has none.
    if (import.meta.url.endsWith(".ts")) useCompileCache(env);
    const { agent: runAgent } = await import("@holdfast/agent");
    return runAgent({
      env,
      flags,
      ...compact({ namedFile: textOption(given, "config") }),
      stdout: output.out,
      stderr: output.err,
    });
  },
};

function settingsIn(given: Given): Readonly<Record<string, string>> {
  const told = textOptions(given, "set").map((text): [string, string] => {
    const mark = text.indexOf("=");
    if (mark < 1) throw usage(`--set takes name=value, not "${text}"`);
    return [text.slice(0, mark), text.slice(mark + 1)];
  });
  return compact({ ...Object.fromEntries(told), dataDir: textOption(given, "data-dir") });
}
