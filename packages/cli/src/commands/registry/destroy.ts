import type { Command, Given } from "../../command.ts";
import { usage } from "../../failure.ts";
import { argument, isSet, textOptions, wholeNumber } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { kindOf, kindOption } from "./kind.ts";

/** Drops the keys of versions for good. */
export const destroy: Command = {
  words: ["destroy"],
  summary: "Destroy versions for good: their keys are dropped",
  details:
    "Nobody can open a destroyed version again. Copies made before, such as backups, may still hold its key; what must still happen until nothing could bring it back is listed.",
  arguments: [{ name: "path", summary: "path of the value" }],
  options: [
    kindOption,
    { name: "version", value: "n", isRepeatable: true, summary: "a version to destroy; may be repeated" },
    { name: "all", summary: "all versions" },
  ],
  examples: [
    { command: "holdfast destroy --version 1 --version 2 applications/shop/config/db-password", says: "two versions" },
    { command: "holdfast destroy --all applications/shop/config/db-password", says: "everything at this path" },
  ],
  async run(context, given) {
    const answer = await context.call(`${kindOf(given)}.destroy`, { key: argument(given, 0), ...whichOf(given) });
    print(context, answer, ({ key, destroyed, pending }) =>
      [
        `${key}  ${destroyed.length === 0 ? "nothing was left to destroy" : `destroyed: ${destroyed.join(", ")}`}`,
        ...pending.map((step) => `still to do: ${printable(step)}`),
        "",
      ].join("\n"),
    );
    return undefined;
  },
};

function whichOf(given: Given): { all: true } | { versions: number[] } {
  const versions = textOptions(given, "version").map((text) => wholeNumber(text, "--version", 1));
  const isAll = isSet(given, "all");
  if (isAll === versions.length > 0) throw usage("say what to destroy: --version <n>, or --all");
  return isAll ? { all: true } : { versions };
}
