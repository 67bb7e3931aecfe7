import { Gauge, type Registry } from "prom-client";
import type { SourceReading } from "../sources/index.ts";

/** Adds what is known of the sources of process events: which one is at work, what it told and lost, and what it catches. */
export function addSourceMetrics(register: Registry, readings: () => readonly SourceReading[]): void {
  const gauge = (name: string, help: string, labelNames: string[], set: (gauge: Gauge, one: SourceReading) => void) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [register],
      collect() {
        this.reset();
        for (const reading of readings()) set(this, reading);
      },
    });
  gauge("holdfast_process_source_active", "1 for the source of process events at work.", ["source"], (at, one) =>
    at.set({ source: one.name }, Number(one.state === "active")),
  );
  gauge("holdfast_process_source_events", "Events told since start, by source.", ["source"], (at, one) =>
    at.set({ source: one.name }, one.events),
  );
  gauge("holdfast_process_source_lost", "Events known to be lost since start, by source.", ["source"], (at, one) =>
    at.set({ source: one.name }, one.lost),
  );
  const labels = ["source", "lifetime_ms"];
  gauge("holdfast_process_source_catch_ratio", "Share of measured lives that were told.", labels, (at, one) => {
    for (const { lifetimeMs, started, caught } of one.catchRates) {
      if (started > 0) at.set({ source: one.name, lifetime_ms: lifetimeMs }, caught / started);
    }
  });
}
