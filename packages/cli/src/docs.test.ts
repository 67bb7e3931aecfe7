import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandGroups, nounSummaries } from "./commands/all.ts";
import { exitCodeMeanings, exitCodes, upExitCodeMeanings } from "./exit-codes.ts";
import { globalOptions } from "./settings.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/cli.md"), "utf8").replace(/ +/g, " ");
const commands = commandGroups.flatMap(([, group]) => group);

describe("docs/cli.md", () => {
  it("names every command", () => {
    for (const { words } of commands) expect(page).toContain(`| \`holdfast ${words.join(" ")}\` |`);
  });

  it("gives every exit code the meaning that the help gives it", () => {
    for (const [code, meaning] of [...exitCodeMeanings, ...upExitCodeMeanings])
      expect(page).toContain(`| ${code} | ${meaning} |`);
  });
});

describe("the definitions", () => {
  it("explain every exit code once", () => {
    expect(exitCodeMeanings.map(([code]) => code)).toEqual(Object.values(exitCodes));
  });

  it("describe every group of commands", () => {
    const groups = commands.flatMap(({ words }) =>
      words.slice(0, -1).map((_, depth) => words.slice(0, depth + 1).join(" ")),
    );
    expect(Object.keys(nounSummaries).sort()).toEqual([...new Set(groups)].sort());
  });

  it("never use one option or short letter for two things", () => {
    for (const { options = [] } of commands) {
      const names = [...options, ...globalOptions].flatMap(({ name, short }) => [
        `--${name}`,
        ...(short ? [`-${short}`] : []),
      ]);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("begin every example with the command itself", () => {
    for (const { words, examples } of commands) {
      expect(examples.some(({ command }) => command.includes(`holdfast ${words.join(" ")}`))).toBe(true);
    }
  });
});
