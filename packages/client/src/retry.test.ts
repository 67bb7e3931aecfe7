import { describe, expect, test } from "vitest";
import { ClientError } from "./errors.ts";
import { retryDelayMs } from "./retry.ts";

const latest = () => 1;

describe("the wait before another attempt", () => {
  test("doubles its interval up to five seconds", () => {
    const busy = new ClientError("busy", "");
    expect([0, 1, 2, 9].map((retries) => retryDelayMs(busy, retries, latest))).toEqual([100, 200, 400, 5000]);
  });

  test("is drawn from the whole interval, so that clients do not come back together", () => {
    expect(retryDelayMs(new ClientError("busy", ""), 1, () => 0)).toBe(0);
    expect(retryDelayMs(new ClientError("busy", ""), 1, () => 0.25)).toBe(50);
  });

  test("is never shorter than Retry-After", () => {
    const error = new ClientError("rate_limited", "", { retryAfterSeconds: 7 });
    expect(retryDelayMs(error, 0, () => 0)).toBe(7000);
  });

  test.each([429, 503])("is also for a proxy's %i, which names no code", (status) => {
    expect(retryDelayMs(new ClientError("bad_answer", "", { status }), 0, latest)).toBe(100);
  });

  test.each<ClientError>([
    new ClientError("storage_failed", "", { status: 503 }),
    new ClientError("sealed", "", { status: 503 }),
    new ClientError("bad_answer", "", { status: 502 }),
    new ClientError("connection_failed", "", { cause: Object.assign(new Error("x"), { code: "ENOENT" }) }),
    new ClientError("untrusted_server", ""),
    new ClientError("timed_out", ""),
  ])("is not for $code", (error) => {
    expect(retryDelayMs(error, 0, latest)).toBeUndefined();
  });
});
