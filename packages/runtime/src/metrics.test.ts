import { expect, it } from "vitest";
import { createMetrics, type StorageReadings } from "./metrics.ts";

const numbers = {
  queueDepth: () => 1,
  queueAgeSeconds: () => 0.5,
  ledgerSize: () => 42,
  checkpointSize: () => 40,
  cacheHits: () => 3,
  cacheMisses: () => 2,
};

async function scraped(storage: StorageReadings): Promise<string> {
  const metrics = createMetrics();
  metrics.observe({ ...numbers, storage: () => storage });
  return metrics.text();
}

it("shows who has the duties, how a node hears of others, and its connections", async () => {
  const connections = { open: 4, idle: 3, waiting: 0 };
  const text = await scraped({ isOnDuty: true, isListening: false, connections });
  for (const line of [
    "holdfast_ledger_entries 42",
    "holdfast_duty_holder 1",
    "holdfast_feed_listening 0",
    "holdfast_storage_connections 4",
    "holdfast_storage_connections_idle 3",
    "holdfast_storage_waiting 0",
  ]) {
    expect(text).toContain(`\n${line}\n`);
  }
});

it("says nothing of other nodes where there are none", async () => {
  const text = await scraped({ isOnDuty: true });
  expect(text).toContain("\nholdfast_duty_holder 1\n");
  expect(text).not.toContain("holdfast_feed_listening");
});
