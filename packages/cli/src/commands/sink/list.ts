import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { count } from "../../terminal/count.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";

type Sink = Operations["sink.list"]["output"]["items"][number];

const noSinks = "no sinks: nobody is told of alerts; docs/sinks.md says how to set one\n";

/** Lists where notifications go. */
export const sinkList: Command = {
  words: ["sinks", "list"],
  program: "agent",
  isDefault: true,
  summary: "List where notifications go, and how each of these places does",
  details:
    "A sink that is paused gets nothing for the moment: it failed too often in a row. `holdfast sinks` is the same. " +
    "Sinks stand in the agent's settings: docs/sinks.md has every option.",
  examples: [
    { command: "holdfast sinks", says: "state, queue and dead letters of each" },
    { command: "holdfast sinks list --json", says: "the same for a program" },
  ],
  async run(context) {
    const answer = await context.call("sink.list", {});
    print(context, answer, ({ items }) => (items.length === 0 ? noSinks : table(items.map(cellsOf))));
    return undefined;
  },
};

function cellsOf({ name, kind, target, state, queued, deadLetters, lastDeliveredAt, lastError }: Sink) {
  const lost = deadLetters === 0 ? "" : count(deadLetters, "dead letter");
  const last = state === "healthy" ? `delivered ${lastDeliveredAt ?? "nothing yet"}` : (lastError ?? "");
  return [name, kind, target, state, queued === 0 ? "" : `${queued} queued`, lost, last];
}
