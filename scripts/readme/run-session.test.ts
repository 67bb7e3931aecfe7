import { expect, test } from "vitest";
import { runSession } from "./run-session.ts";

test("commands share one shell, and what each printed stands apart, errors included", async () => {
  const commands = ["value=1", "echo $value", "echo wrong >&2; false", "printf 'a\\nb'"];
  const outputs = await runSession(commands, "/", { PATH: process.env["PATH"] });
  expect(outputs).toEqual([[], ["1"], ["wrong"], ["a", "b"]]);
});
