import { problems } from "@holdfast/contract/problems";
import { expect, test } from "vitest";
import { Refusal } from "./errors.ts";

test("a refusal is an error with a code, and with a cause only when it has one", () => {
  const cause = new TypeError("why");
  const refusal = new Refusal("internal", "No.", { cause, hint: "Ask." });
  expect(refusal).toBeInstanceOf(Error);
  expect(refusal).toMatchObject({
    name: "Refusal",
    code: "internal",
    message: "No.",
    cause,
    details: { hint: "Ask." },
  });
  expect(new Refusal("not_found", "No.")).toMatchObject({ details: {} });
  expect(Object.hasOwn(new Refusal("not_found", "No."), "cause")).toBe(false);
});

test("codes are public and stable", () => {
  expect(Object.keys(problems).sort()).toEqual([
    "already_exists",
    "busy",
    "conflict",
    "deleted",
    "destroyed",
    "forbidden",
    "header_too_large",
    "idempotency_mismatch",
    "internal",
    "invalid_input",
    "malformed_json",
    "method_not_allowed",
    "not_acceptable",
    "not_found",
    "overloaded",
    "path_not_canonical",
    "payload_too_large",
    "query_refused",
    "query_stopped",
    "rate_limited",
    "sealed",
    "storage_failed",
    "timeout",
    "unauthenticated",
    "unsupported_media_type",
    "version_mismatch",
  ]);
});
