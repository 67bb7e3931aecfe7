import type { Command, Context } from "../../command.ts";
import { compact, isSet } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { type Page, pages } from "../pages.ts";

interface Row {
  readonly path: string;
  readonly kind: "directory" | "secret" | "config";
  readonly version?: number;
  readonly environment?: string;
}

/** Lists one folder. */
export const ls: Command = {
  words: ["ls"],
  summary: "List a folder",
  details: "Shows what you may list, and nothing of the rest. Directories end in a slash.",
  arguments: [{ name: "folder", isOptional: true, summary: "folder to list; the whole tenant's top when left out" }],
  options: [{ name: "recursive", short: "R", summary: "everything below as well" }],
  examples: [
    { command: "holdfast ls", says: "the top of the tree" },
    { command: "holdfast ls applications/shop", says: "one folder" },
    { command: "holdfast ls --recursive --json applications", says: "all below, for a program" },
  ],
  async run(context, given) {
    const folder = given.arguments[0]?.replace(/\/$/, "");
    const items = await rowsBelow(context, folder === "" ? undefined : folder, isSet(given, "recursive"));
    print(context, { items }, () => table(items.map(cellsOf)));
    return undefined;
  },
};

function rowsBelow({ call }: Context, prefix: string | undefined, isRecursive: boolean): Promise<Row[]> {
  const depth = isRecursive ? undefined : 1;
  return pages((after) => call("registry.tree", compact({ prefix, depth, after })) as Promise<Page<Row>>);
}

function cellsOf({ path, kind, version, environment }: Row) {
  const name = kind === "directory" ? `${path}/` : path;
  return [name, kind === "directory" ? "" : kind, version === undefined ? "" : `version ${version}`, environment ?? ""];
}
