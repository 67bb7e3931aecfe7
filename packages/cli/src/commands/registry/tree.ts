import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { compact, numberOption } from "../../given.ts";
import type { Style } from "../../terminal/style.ts";
import { printable } from "../../terminal/printable.ts";
import { print } from "../../terminal/print.ts";
import { pages } from "../pages.ts";

type Item = Operations["registry.tree"]["output"]["items"][number];

/** Shows a folder and all below it as a tree. */
export const tree: Command = {
  words: ["tree"],
  summary: "Show folders and what is in them",
  arguments: [{ name: "folder", isOptional: true, summary: "where to start; the whole tenant when left out" }],
  options: [{ name: "depth", value: "n", summary: "this many levels and no more" }],
  examples: [
    { command: "holdfast tree", says: "everything you may list" },
    { command: "holdfast tree --depth 2 applications", says: "two levels of one folder" },
  ],
  async run(context, given) {
    const prefix = given.arguments[0]?.replace(/\/$/, "") || undefined;
    const depth = numberOption(given, "depth", 1);
    const items = await pages((after) => context.call("registry.tree", compact({ prefix, depth, after })));
    const above = prefix === undefined ? 0 : prefix.split("/").length;
    print(context, { items }, () => items.map((item) => lineOf(item, above, context.output.style)).join(""));
    return undefined;
  },
};

function lineOf({ path, kind, version, environment }: Item, above: number, style: Style): string {
  const segments = path.split("/");
  const indent = "  ".repeat(Math.max(0, segments.length - above - 1));
  const name = printable(segments.at(-1) ?? path);
  if (kind === "directory")
    return `${indent}${style.bold(`${name}/`)}${environment ? style.dim(`  ${environment}`) : ""}\n`;
  return `${indent}${name}${style.dim(`  ${kind}, version ${version ?? "-"}`)}\n`;
}
