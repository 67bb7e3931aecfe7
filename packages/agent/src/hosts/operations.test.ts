import { afterAll, beforeAll, expect, it } from "vitest";
import { openSlice, type SliceBench } from "../slices.fixture.ts";
import { hostOperations } from "./operations.ts";

const host = {
  name: "web-1",
  os: "Debian GNU/Linux 13",
  kernel: "6.12.0",
  architecture: "x64",
  agentVersion: "0.1.0",
  agentStartedAt: "2026-07-01T09:30:00.000Z",
  source: "connector",
  sandbox: { level: "full", isDegraded: false, detail: "everything" },
};
const readings = { ...host, sources: [], catchRates: [], losses: [], budgets: [], tables: [] };

let bench: SliceBench;
beforeAll(async () => {
  bench = await openSlice((define) => hostOperations(define, { host: () => host, readings: () => readings }));
});
afterAll(() => bench.close());

it("an agent knows its own host, and no other", async () => {
  expect(await bench.call("host.list")).toEqual({ items: [host] });
  expect(await bench.call("host.read", { params: { host: "web-1" } })).toEqual(readings);
  expect(await bench.call("host.read", { params: { host: "web-2" } })).toMatchObject({ code: "not_found" });
});
