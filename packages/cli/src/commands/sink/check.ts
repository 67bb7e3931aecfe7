import type { Operations } from "@holdfast/contract/types";
import type { Command, Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";

type Check = Operations["sink.check"]["output"];

/** Goes as far to sinks as can be gone without sending anything. */
export const sinkCheck: Command = {
  words: ["sinks", "check"],
  program: "agent",
  summary: "Say whether sinks can be reached, without sending anything",
  details:
    "Address, certificate and login, as far as a kind of sink has them; over UDP nobody ever answers. Exits with 1 when one " +
    "cannot be reached. Whether a message is taken, `holdfast sinks test` shows.",
  arguments: [
    { name: "sink", isOptional: true, isVariadic: true, summary: "names of sinks; all of them when left out" },
  ],
  examples: [
    { command: "holdfast sinks check", says: "all of them" },
    { command: "holdfast sinks check on-call mail", says: "these two" },
  ],
  async run(context, given) {
    const names = given.arguments.length === 0 ? await allNames(context) : given.arguments;
    const items: Check[] = [];
    for (const sink of names) items.push(await context.call("sink.check", { sink }));
    const { good, bad } = context.output.style;
    print(context, { items }, () => {
      if (items.length === 0) return "no sinks\n";
      const lines = table(items.map(cellsOf)).split("\n");
      return items.map(({ healthy }, index) => `${healthy ? good("ok ") : bad("bad")}  ${lines[index]!}\n`).join("");
    });
    return items.every(({ healthy }) => healthy) ? undefined : exitCodes.failed;
  },
};

const allNames = async (context: Context): Promise<readonly string[]> =>
  (await context.call("sink.list", {})).items.map(({ name }) => name);

const cellsOf = ({ sink, detail, durationMs }: Check) => [sink, `${Math.round(durationMs)} ms`, detail];
