import { expect, test } from "vitest";
import { NotifyError, type NotifyErrorCode } from "../errors.ts";
import { defaultRetryPolicy } from "../machines/retry-schedule.ts";
import { outcomeOf } from "./outcome.ts";

const outcome = (code: NotifyErrorCode, failuresBefore = 0, details = {}) =>
  outcomeOf(new NotifyError(code, "", details), failuresBefore, defaultRetryPolicy, () => 0.5, 1_000_000);

test.each([
  [
    "a failure that may pass is tried again",
    outcome("http_failed"),
    { kind: "again", at: 1_001_500, code: "http_failed" },
  ],
  [
    "the third one is the last",
    outcome("http_failed", 2),
    { kind: "dead", reason: "attempts_exhausted", code: "http_failed" },
  ],
  ["one that lasts is not tried again", outcome("http_gone"), { kind: "dead", reason: "refused", code: "http_gone" }],
  ["what was called off waits as before", outcome("cancelled", 2), { kind: "untried" }],
  [
    "who asks for time is given it, over a restart as well",
    outcome("throttled", 0, { retryAfterMs: 60_000 }),
    { kind: "again", at: 1_060_000, code: "throttled" },
  ],
  [
    "who asks for less is tried when it would be anyway",
    outcome("throttled", 0, { retryAfterMs: 1 }),
    { kind: "again", at: 1_001_500, code: "throttled" },
  ],
])("%s", (_name, actual, expected) => {
  expect(actual).toEqual(expected);
});
