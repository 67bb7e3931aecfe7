import type { Command } from "../../command.ts";
import { argument, compact, numberOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { kindOf, kindOption } from "./kind.ts";

/** Brings a deleted version back. */
export const undelete: Command = {
  words: ["undelete"],
  summary: "Bring a deleted version back",
  arguments: [{ name: "path", summary: "path of the value" }],
  options: [kindOption, { name: "version", value: "n", summary: "this version; the newest deleted one when left out" }],
  examples: [{ command: "holdfast undelete applications/shop/config/db-password", says: "after a mistaken rm" }],
  async run(context, given) {
    const version = numberOption(given, "version", 1);
    const answer = await context.call(`${kindOf(given)}.undelete`, compact({ key: argument(given, 0), version }));
    print(context, answer, (state) => `${state.key}  version ${state.version} is back\n`);
    return undefined;
  },
};
