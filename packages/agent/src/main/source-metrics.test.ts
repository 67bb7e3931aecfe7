import { Registry } from "prom-client";
import { expect, test } from "vitest";
import type { SourceReading } from "../sources/index.ts";
import { addSourceMetrics } from "./source-metrics.ts";

test("what sources told, lost and caught stands in the metrics, and no rate where none was measured", async () => {
  const register = new Registry();
  const readings: SourceReading[] = [
    {
      name: "connector",
      state: "active",
      detail: "",
      events: 7,
      lost: 2,
      catchRates: [
        { lifetimeMs: 1, started: 4, caught: 3, complete: 1 },
        { lifetimeMs: 10, started: 0, caught: 0, complete: 0 },
      ],
    },
    { name: "polling", state: "standby", detail: "", events: 0, lost: 0, catchRates: [] },
  ];
  addSourceMetrics(register, () => readings);
  const lines = (await register.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(lines).toEqual([
    'holdfast_process_source_active{source="connector"} 1',
    'holdfast_process_source_active{source="polling"} 0',
    'holdfast_process_source_events{source="connector"} 7',
    'holdfast_process_source_events{source="polling"} 0',
    'holdfast_process_source_lost{source="connector"} 2',
    'holdfast_process_source_lost{source="polling"} 0',
    'holdfast_process_source_catch_ratio{source="connector",lifetime_ms="1"} 0.75',
  ]);
});
