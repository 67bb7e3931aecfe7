import type { Operations } from "@holdfast/contract/types";
import type { Command, Context, Given } from "../../command.ts";
import { usage } from "../../failure.ts";
import { compact, isSet, textOption } from "../../given.ts";
import { count } from "../../terminal/count.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { pages } from "../pages.ts";

type Letter = Operations["dead-letter.list"]["output"]["items"][number];
type Chosen = Operations["dead-letter.retry"]["input"];

const sinkOption = { name: "sink", value: "name", summary: "of this sink" } as const;
const chosen = {
  program: "agent",
  arguments: [{ name: "letter", isOptional: true, isVariadic: true, summary: "ids of dead letters" }],
  options: [
    { name: "sink", value: "name", summary: "all of this sink" },
    { name: "all", summary: "all there are" },
  ],
} as const;

/** Lists notifications that were given up. */
export const deadLetterList: Command = {
  words: ["alerts", "dead-letters", "list"],
  program: "agent",
  isDefault: true,
  summary: "List notifications that were given up, oldest first",
  options: [sinkOption],
  examples: [{ command: "holdfast alerts dead-letters list", says: "what nobody was told, and why" }],
  async run(context, given) {
    const items = await lettersOf(context, textOption(given, "sink"));
    print(context, { items }, () => (items.length === 0 ? "no dead letters\n" : table(items.map(cellsOf))));
    return undefined;
  },
};

/** Queues them again. */
export const deadLetterRetry: Command = {
  ...chosen,
  words: ["alerts", "dead-letters", "retry"],
  summary: "Queue notifications again that were given up",
  examples: [
    { command: "holdfast alerts dead-letters retry 17 18", says: "these two" },
    { command: "holdfast alerts dead-letters retry --sink on-call", says: "all of a sink that works again" },
  ],
  async run(context, given) {
    let retried = 0;
    for (const one of await chosenBy(context, given)) retried += (await context.call("dead-letter.retry", one)).retried;
    print(context, { retried }, () => `${count(retried, "notification")} queued again\n`);
    return undefined;
  },
};

/** Forgets them. */
export const deadLetterDrop: Command = {
  ...chosen,
  words: ["alerts", "dead-letters", "drop"],
  summary: "Forget notifications that were given up; their alerts stay",
  examples: [{ command: "holdfast alerts dead-letters drop 17", says: "nobody needs to hear of it any more" }],
  async run(context, given) {
    let dropped = 0;
    for (const one of await chosenBy(context, given)) dropped += (await context.call("dead-letter.drop", one)).dropped;
    print(context, { dropped }, () => `${count(dropped, "notification")} dropped\n`);
    return undefined;
  },
};

/** What to ask for: the ids that were given, all of a sink, or, sink by sink, all. */
async function chosenBy(context: Context, given: Given): Promise<readonly Chosen[]> {
  const [ids, sink, isAll] = [given.arguments, textOption(given, "sink"), isSet(given, "all")];
  const ways = [ids.length > 0, sink !== undefined, isAll].filter(Boolean).length;
  if (ways !== 1) throw usage("say which: ids, --sink or --all", "`holdfast alerts dead-letters list` shows their ids");
  if (sink !== undefined) return [{ sink }];
  if (!isAll) return [{ ids }];
  const sinks = new Set((await lettersOf(context, undefined)).map((letter) => letter.sink));
  return [...sinks].map((name) => ({ sink: name }));
}

const lettersOf = (context: Context, sink: string | undefined): Promise<Letter[]> =>
  pages((after) => context.call("dead-letter.list", compact({ sink, after })));

function cellsOf({ id, sink, failedAt, attempts, reason, lastError, severity, title, alert }: Letter) {
  const why = lastError === undefined ? reason : `${reason} (${lastError})`;
  return [id, sink, failedAt, count(attempts, "attempt"), why, severity ?? "", title ?? "", alert ?? ""];
}
