import fc from "fast-check";
import { expect, it } from "vitest";
import { fastCommands } from "./fast/commands.ts";
import { buildProgram, type Chosen } from "./program/build.ts";
import { parseWith } from "./program/parse.ts";
import { quickParse } from "./quick-parse.ts";

function slowParse(words: readonly string[]): Chosen {
  const chosen: Chosen = { command: undefined, given: undefined };
  parseWith(buildProgram(chosen), words);
  return chosen;
}

const vocabulary =
  "get put ls status a/b - -- v --config --json --version 3 --raw --meta x=y --note --cas 0 --tenant --file --recursive -R --help --nope --trim -x";
const word = fc.constantFrom("", ...vocabulary.split(" "));

it("reads every command line it takes exactly as commander does", () => {
  fc.assert(
    fc.property(fc.constantFrom("get", "put", "ls", "status"), fc.array(word, { maxLength: 6 }), (command, rest) => {
      const words = [command, ...rest];
      const quick = quickParse(words, fastCommands);
      fc.pre(quick !== undefined);
      expect(slowParse(words)).toEqual(quick);
    }),
    { numRuns: 500, maxSkipsPerRun: 1000 },
  );
});

it.each(["get a", "get --json a", "get a --version 2", "put a b", "put a -", "ls", "ls a --recursive", "status"])(
  "takes %s",
  (line) => {
    expect(quickParse(line.split(" "), fastCommands)).toBeDefined();
  },
);

it("takes what follows -- as it is", () => {
  expect(quickParse(["put", "a", "--", "-secret"], fastCommands)?.given.arguments).toEqual(["a", "-secret"]);
});

it.each(["get", "get --help", "get a b", "get --nope a", "get a --version", "tree", "", "--json get a"])(
  "leaves %o to commander",
  (line) => {
    expect(quickParse(line.split(" "), fastCommands)).toBeUndefined();
  },
);
