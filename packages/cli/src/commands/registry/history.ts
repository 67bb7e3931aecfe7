import type { Command } from "../../command.ts";
import { argument, compact, numberOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { kindOf, kindOption } from "./kind.ts";

/** Lists the versions of one path, newest first. */
export const history: Command = {
  words: ["history"],
  summary: "List the versions of a path, newest first",
  details: "Values are not shown; read one with: holdfast get --version <n> <path>",
  arguments: [{ name: "path", summary: "path of the value" }],
  options: [kindOption, { name: "limit", value: "n", summary: "this many versions at most (20)" }],
  examples: [
    { command: "holdfast history applications/shop/config/db-password", says: "who wrote what when" },
    { command: "holdfast history --limit 1 --json applications/shop/config/db-password", says: "the newest, as JSON" },
  ],
  async run(context, given) {
    const limit = numberOption(given, "limit", 1) ?? 20;
    const answer = await context.call(`${kindOf(given)}.history`, compact({ key: argument(given, 0), limit }));
    print(context, answer, ({ items }) =>
      table(
        items.map(({ version, state, createdAt, createdBy, contentType, size, note }) => [
          `version ${version}`,
          state,
          createdAt,
          createdBy,
          `${size} bytes of ${contentType}`,
          note ?? "",
        ]),
      ),
    );
    return undefined;
  },
};
