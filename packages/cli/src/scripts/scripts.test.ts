import { readFileSync } from "node:fs";
import catalogue from "@holdfast/contract/catalogue.json" with { type: "json" };
import { expect, it } from "vitest";
import type { Command, Given } from "../command.ts";
import { stage, type Staged } from "../context.fixture.ts";
import { runWords } from "../program/run-words.ts";
import { report } from "../report.ts";

/**
 * Scripts of command and expected output. The answers are the examples of the catalogue, so that what is shown here is
 * what the contract promises. `$` is the command, `!` a line on stderr, `?` the exit code when it is not 0.
 */
const operations = catalogue.operations as unknown as Record<string, { examples: { output: unknown }[] }>;

async function run(line: string): Promise<string> {
  const words = line.split(" ").slice(1);
  let staged: Staged | undefined;
  const contextOf = (given: Given, command: Command) => {
    staged = stage({ answer: (name) => operations[name]?.examples[0]?.output, stdin: "" }, given, command);
    return staged.context;
  };
  const said: string[] = [];
  const error = stage({}).context.output;
  const code = await runWords(words, contextOf).catch((failure: unknown) =>
    report(failure, { ...error, err: (text) => said.push(text) }),
  );
  const errors = `${staged?.err() ?? ""}${said.join("")}`.split("\n").slice(0, -1);
  const out = staged?.out() ?? "";
  return [
    out === "" || out.endsWith("\n") ? out : `${out}\n`,
    ...errors.map((text) => `! ${text}\n`),
    code === 0 ? "" : `? ${code}\n`,
  ].join("");
}

/** `vitest run -u` writes what came out; read the difference before you commit it. */
it.each(["registry.txt", "access.txt", "ledger.txt", "sentinel.txt"])("says what %s shows", async (file) => {
  const path = `${import.meta.dirname}/${file}`;
  const lines = readFileSync(path, "utf8").match(/^\$ .*$/gm) ?? [];
  let transcript = "";
  for (const line of lines) transcript += `${line}\n${await run(line.slice(2))}`;
  expect(lines.length).toBeGreaterThan(0);
  await expect(transcript).toMatchFileSnapshot(path);
});
