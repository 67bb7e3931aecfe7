import { expect, test } from "vitest";
import { parseConsole } from "./parse-console.ts";

test("commands and their output are read from console blocks alone", () => {
  const page = ["text", "```sh", "$ npm start", "```", "```console", "$ a", "one", "two", "$ b", "```", "$ no"].join(
    "\n",
  );
  expect(parseConsole(page)).toEqual([
    { command: "a", expected: ["one", "two"], line: 6, output: [7, 9] },
    { command: "b", expected: [], line: 9, output: [10, 10] },
  ]);
});

test("a backslash continues a command", () => {
  const [step] = parseConsole("```console\n$ a \\\n  --flag\nout\n```");
  expect(step).toEqual({ command: "a \\\n  --flag", expected: ["out"], line: 2, output: [4, 5] });
});

test("output that no command printed is refused", () => {
  expect(() => parseConsole("```console\nout\n```")).toThrow("line 2: output before the first command");
});
