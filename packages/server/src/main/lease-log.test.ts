import { expect, it, vi } from "vitest";
import { leaseLog } from "./lease-log.ts";

it("a lease that cannot be asked for is told of once, and when it can be again", () => {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const { onFault, onAnswer } = leaseLog(log);
  onAnswer();
  expect([log.warn.mock.calls, log.info.mock.calls]).toEqual([[], []]);
  for (let tries = 0; tries < 3; tries++) onFault(new Error("permission denied for table leases"));
  expect(log.warn.mock.calls).toEqual([
    [{ reason: "permission denied for table leases" }, expect.stringContaining("lease") as string],
  ]);
  onAnswer();
  onAnswer();
  expect(log.info).toHaveBeenCalledOnce();
  onFault(new Error("Connection terminated"));
  expect(log.warn).toHaveBeenCalledTimes(2);
});
