import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { createAgentMetrics } from "./metrics.ts";

/** Source document P, "Key Metrics"; P12 says which kind each is. */
const NAMED = {
  process_enumeration_duration_seconds: "histogram",
  processes_collected_total: "counter",
  collection_errors_total: "counter",
  database_write_duration_seconds: "histogram",
  database_writes_total: "counter",
  database_size_bytes: "gauge",
  detection_rule_duration_seconds: "histogram",
  alerts_generated_total: "counter",
  rule_errors_total: "counter",
  alert_delivery_duration_seconds: "histogram",
  alert_deliveries_total: "counter",
  alert_retry_attempts_total: "counter",
};

it("has exactly the names and kinds of the source document", async () => {
  const register = new Registry();
  createAgentMetrics(register, () => 0);
  const found = (await register.getMetricsAsJSON()).map(({ name, type }) => [name, type] as const);
  expect(Object.fromEntries(found)).toEqual(NAMED);
});

it("counts what it is told", async () => {
  const register = new Registry();
  const metrics = createAgentMetrics(register, () => 4096);
  metrics.enumerated(0.004, 300);
  metrics.enumerated(0.002, 301);
  metrics.collectionFailed("mounts");
  metrics.wrote(0.003, 1000);
  metrics.judged("temp-exec", 0.001);
  metrics.ruleFailed("temp-exec", "timeout");
  metrics.alertRaised("high");
  metrics.delivered("on-call", "delivered", 0.2);
  metrics.retried("on-call");
  const text = await register.metrics();
  for (const line of [
    "process_enumeration_duration_seconds_count 2",
    "processes_collected_total 601",
    'collection_errors_total{collector="mounts"} 1',
    "database_writes_total 1000",
    "database_size_bytes 4096",
    'detection_rule_duration_seconds_count{rule="temp-exec"} 1',
    'rule_errors_total{rule="temp-exec",code="timeout"} 1',
    'alerts_generated_total{severity="high"} 1',
    'alert_delivery_duration_seconds_count{sink="on-call"} 1',
    'alert_deliveries_total{sink="on-call",outcome="delivered"} 1',
    'alert_retry_attempts_total{sink="on-call"} 1',
  ]) {
    expect(text.split("\n")).toContain(line);
  }
});
