import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { argument } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";

/** Sends a test through one sink. */
export const sinkTest: Command = {
  words: ["sinks", "test"],
  program: "agent",
  summary: "Send a notification that says it is a test, and say what came of it",
  details:
    "It goes past queue, quiet hours and rate limit. Exits with 1 when it was not delivered. What can be set of a sink: docs/sinks.md.",
  arguments: [{ name: "sink", summary: "name of the sink" }],
  examples: [{ command: "holdfast sinks test on-call", says: "does it arrive?" }],
  async run(context, given) {
    const answer = await context.call("sink.test", { sink: argument(given, 0) });
    const { good, bad } = context.output.style;
    print(context, answer, ({ sink, delivered, detail, durationMs }) => {
      const verdict = delivered ? good("delivered") : bad("not delivered");
      return `${sink}  ${verdict}  ${printable(detail)}  ${Math.round(durationMs)} ms\n`;
    });
    return answer.delivered ? undefined : exitCodes.failed;
  },
};
