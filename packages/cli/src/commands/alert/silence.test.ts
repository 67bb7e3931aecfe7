import { expect, it } from "vitest";
import { stage } from "../../context.fixture.ts";
import { type ExitCode, exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { alertSilence } from "./silence.ts";

const silence = { id: "si_x", rule: "exec-from-tmp", expiresAt: "2026-07-01T21:30:00.000Z", note: "build" };

async function silenced(ruleRead: () => unknown) {
  const given = { arguments: [], options: { rule: "exec-from-tmp", for: "1h", note: "build" } };
  const answer = (name: string) => (name === "rule.read" ? ruleRead() : silence);
  const { context, out, err } = stage({ answer }, given, alertSilence);
  expect(await alertSilence.run(context, given)).toBeUndefined();
  expect(out()).toBe("si_x  rule exec-from-tmp  any key  until 2026-07-01T21:30:00.000Z  build\n");
  return err();
}

it("says when a silence is of a rule that does not run, and makes it all the same", async () => {
  const refused = (exitCode: ExitCode) => () => {
    throw new Failure(exitCode, "no");
  };
  expect(await silenced(refused(exitCodes.notFound))).toContain("no rule exec-from-tmp runs here now");
  expect(await silenced(refused(exitCodes.denied))).toBe("");
  expect(await silenced(() => ({ title: "x" }))).toBe("");
});
