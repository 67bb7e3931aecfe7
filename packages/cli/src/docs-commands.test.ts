import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { addCompletion } from "./commands/shell/completion.ts";
import { buildProgram, type Chosen } from "./program/build.ts";
import { parseWith } from "./program/parse.ts";

const folder = join(import.meta.dirname, "../../../docs");
const pages = readdirSync(folder).filter((name) => name.endsWith(".md"));

/** Lines of a page that a reader may type. */
function commandsOf(page: string): readonly string[] {
  const text = readFileSync(join(folder, page), "utf8");
  const blocks = [...text.matchAll(/^```(?:sh|console)\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
  return blocks
    .flatMap((block) => block.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.replace(/^\$ /, "").replace(/^npx /, ""))
    .filter((line) => line.startsWith("holdfast "));
}

/** As a shell takes a line apart, up to a comment, a pipe or a redirection. */
function wordsOf(line: string): readonly string[] {
  const plain = line.replace(/\s(?:#|\||>|2>|<|&&|;)(?:\s.*)?$|\s[<>|].*$/, "");
  return [...plain.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, word]) => double ?? single ?? word!);
}

function problemOf(line: string): string | undefined {
  const chosen: Chosen = { command: undefined, given: undefined };
  const program = buildProgram(chosen);
  addCompletion(program);
  try {
    parseWith(program, wordsOf(line).slice(1));
    return undefined;
  } catch (error) {
    return `${line}: ${String(error)}`;
  }
}

it("every command in the pages of docs is one that there is, with options that it takes", () => {
  const commands = pages.flatMap(commandsOf);
  expect(commands.length).toBeGreaterThan(20);
  expect(commands.flatMap((line) => problemOf(line) ?? [])).toEqual([]);
});

it("a command that there is none of would be found", () => {
  expect(problemOf("holdfast alerts list --colour")).toContain("unknown option");
  expect(problemOf('holdfast alerts silence --rule x --for 2h --note "a b"   # for a while')).toBeUndefined();
});
