import { readFileSync } from "node:fs";

/** A file of deploy/. */
export const deployed = (name: string): URL => new URL(`../../../../deploy/${name}`, import.meta.url);

export const textOf = (name: string): string => readFileSync(deployed(name), "utf8");

/** Values of each directive of a unit file in their order, as systemd reads them: comments and sections aside. */
export function directivesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const directives = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (name !== "") directives.set(name, [...(directives.get(name) ?? []), value]);
  }
  return directives;
}

/** Comment lines right above the first line that has this text. */
export function commentAbove(text: string, start: string): string {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith(start));
  const above = lines.slice(0, at).reverse();
  const end = above.findIndex((line) => !line.startsWith("#"));
  return above.slice(0, end).reverse().join(" ");
}
