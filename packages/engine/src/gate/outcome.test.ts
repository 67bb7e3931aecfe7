import { expect, test } from "vitest";
import { Refusal, type RefusalCode } from "../errors.ts";
import { outcomeOf } from "./outcome.ts";

test("a call without a refusal is ok", () => {
  expect(outcomeOf(undefined)).toBe("ok");
});

test.each<[RefusalCode, string]>([
  ["unauthenticated", "denied"],
  ["forbidden", "denied"],
  ["rate_limited", "denied"],
  ["sealed", "denied"],
  ["already_exists", "conflict"],
  ["version_mismatch", "conflict"],
  ["conflict", "conflict"],
  ["idempotency_mismatch", "conflict"],
  ["busy", "conflict"],
  ["not_found", "failed"],
  ["malformed_json", "failed"],
  ["internal", "failed"],
])("%s is %s", (code, outcome) => {
  expect(outcomeOf(new Refusal(code, ""))).toBe(outcome);
});
