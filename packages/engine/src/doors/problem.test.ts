import { describe, expect, test } from "vitest";
import { Refusal, type RefusalCode } from "../errors.ts";
import { problems } from "./door.fixture.ts";
import { problemOf } from "./problem.ts";

const codes = Object.keys(problems) as RefusalCode[];
const problem = (refusal: Refusal) => {
  const { status, body } = problemOf(problems, refusal, "r1");
  return { status, body: JSON.parse(body) as Record<string, unknown> };
};

describe("a problem document", () => {
  test.each(codes)("of %s has the members of RFC 9457, and a stable code", (code) => {
    const { status, body } = problem(new Refusal(code, "What happened."));
    expect(body).toEqual({
      type: `urn:holdfast:problem:${code}`,
      title: problems[code].title,
      status,
      code,
      detail: "What happened.",
      hint: problems[code].hint,
      requestId: "r1",
    });
    expect(status).toBe(problems[code].status);
  });

  test("has the refusal's own hint and errors when it brings them", () => {
    const errors = [{ pointer: "/body/a", message: "is required" }];
    expect(problem(new Refusal("invalid_input", "x", { hint: "Do this.", errors })).body).toMatchObject({
      hint: "Do this.",
      errors,
    });
  });

  test("keeps from the caller what is for operators", () => {
    const details = { cause: new Error("hunter2"), operatorDetail: "hunter2", retryAfterSeconds: 1 };
    expect(JSON.stringify(problem(new Refusal("internal", "x", details)))).not.toContain("hunter2");
  });

  test("of a failed precondition has a status of its own where one is declared", () => {
    expect(problem(new Refusal("version_mismatch", "x", { precondition: true })).status).toBe(412);
    expect(problem(new Refusal("version_mismatch", "x", { precondition: false })).status).toBe(409);
    expect(problem(new Refusal("not_found", "x", { precondition: true })).status).toBe(404);
  });
});
