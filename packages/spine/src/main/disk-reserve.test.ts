import { expect, onTestFinished, test } from "vitest";
import { DiskReserve, type DiskSpace, reserveBytes, withReserve } from "./disk-reserve.ts";
import type { Committer } from "@holdfast/engine";

const MIB = 1024 * 1024;

function reserveOn(read: () => Promise<DiskSpace>): DiskReserve {
  const reserve = new DiskReserve("/data", read);
  onTestFinished(() => {
    reserve.stop();
  });
  return reserve;
}

test("the reserve is two hundredths of a small disk and 64 MiB of a large one", () => {
  expect(reserveBytes({ freeBytes: 0, totalBytes: 100 * MIB })).toBe(2 * MIB);
  expect(reserveBytes({ freeBytes: 0, totalBytes: 100_000 * MIB })).toBe(64 * MIB);
});

test("operations are refused while the reserve is touched, and taken again when there is room", async () => {
  let freeBytes = 63 * MIB;
  const reserve = reserveOn(() => Promise.resolve({ freeBytes, totalBytes: 100_000 * MIB }));
  expect(reserve.refusal()).toBeUndefined();
  await reserve.check();
  expect(reserve.refusal()).toMatchObject({ code: "storage_failed", details: { retryAfterSeconds: 30 } });
  freeBytes = 64 * MIB;
  await reserve.check();
  expect(reserve.refusal()).toBeUndefined();
});

test("space that cannot be read refuses nothing", async () => {
  const reserve = reserveOn(() => Promise.reject(new Error("gone")));
  await reserve.check();
  expect(reserve.refusal()).toBeUndefined();
});

test("the reserve is asked before the committer, which keeps the rest", async () => {
  const reserve = reserveOn(() => Promise.resolve({ freeBytes: 0, totalBytes: 100 * MIB }));
  const committer: Committer = {
    admission: () => undefined,
    submit: () => Promise.resolve({ status: "committed", seq: 7, time: 0 }),
    position: 7,
    pending: () => undefined,
    settled: async () => {},
  };
  const guarded = withReserve(committer, reserve);
  expect(guarded.admission()).toBeUndefined();
  await reserve.check();
  expect(guarded.admission()).toMatchObject({ code: "storage_failed" });
  expect(guarded.position).toBe(7);
  expect(guarded.pending({ name: "t", columns: {}, key: [] }, {})).toBeUndefined();
  expect(await guarded.submit({} as never)).toMatchObject({ seq: 7 });
});
