import { describe, expect, test } from "vitest";
import { redisProblem } from "./redis-problem.ts";

describe("what is said of an error on the way to Redis", () => {
  test.each([
    [new Error("WRONGPASS invalid username-password pair or user is disabled."), "Redis refuses the password"],
    [new Error("NOAUTH Authentication required."), "Redis refuses the password"],
    [new Error("ERR invalid password"), "Redis refuses the password"],
    [new Error("NOPERM this user has no permissions"), "Redis does not let its user run the script and use its keys"],
    [new Error("Command timed out"), "Redis answers too late"],
    [new Error("Socket timeout. Expecting data, but didn't receive any in 5000ms."), "Redis answers too late"],
    [
      Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
      "the certificate of Redis does not verify (DEPTH_ZERO_SELF_SIGNED_CERT)",
    ],
    [
      Object.assign(new Error("Hostname/IP does not match"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" }),
      "the certificate of Redis does not verify (ERR_TLS_CERT_ALTNAME_INVALID)",
    ],
    [Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), "Redis cannot be reached (ECONNREFUSED)"],
    [new Error("LOADING Redis is loading the dataset in memory"), "Redis answers with an error (LOADING)"],
    [new Error("Connection is closed."), "Redis cannot be reached"],
    [undefined, "Redis cannot be reached"],
  ])("is a sentence of ours: %s", (error, problem) => {
    expect(redisProblem(error)).toBe(problem);
  });

  test("never quotes the error's own text, which may hold what was sent", () => {
    expect(redisProblem(new Error("AUTH hunter2 failed"))).not.toContain("hunter2");
  });
});
