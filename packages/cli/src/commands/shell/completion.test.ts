import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandGroups } from "../all.ts";

const sources = join(import.meta.dirname, "../../../bin/from-sources.mjs");

/** What a shell is offered after these words. */
function offered(...words: readonly string[]): readonly string[] {
  const { stdout } = spawnSync(process.execPath, [sources, "complete", "--", ...words, ""], {
    encoding: "utf8",
    // Without a home, so that nothing is kept anywhere.
    env: { PATH: process.env["PATH"] },
  });
  return stdout.split("\n").map((line) => line.split("\t")[0] ?? "");
}

const commands = commandGroups.flatMap(([, group]) => group);
const groups = ["alerts", "alerts dead-letters", "sinks", "rules", "hosts", "audit"];

it.each(groups)("a shell is offered every verb of %s, down to groups in groups", (group) => {
  const words = group.split(" ");
  const verbs = commands
    .filter((command) => command.words.length > words.length && words.every((word, at) => command.words[at] === word))
    .map((command) => command.words[words.length]);
  expect(offered(...words)).toEqual(expect.arrayContaining([...new Set(verbs)]));
});

it("a shell is offered the words that an option takes", () => {
  expect(offered("alerts", "list", "--state")).toEqual(expect.arrayContaining(["open", "acknowledged", "all"]));
  expect(offered("rules", "lint", "--profile")).toEqual(expect.arrayContaining(["strict", "extended"]));
});
