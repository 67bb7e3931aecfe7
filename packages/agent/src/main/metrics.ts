import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const FAST_SECONDS = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DELIVERY_SECONDS = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What an agent counts, under the names and with the types of the source document (P12). */
export interface AgentMetrics {
  /** One look at all processes. */
  enumerated(seconds: number, processes: number): void;
  /** A collector could not look. */
  collectionFailed(collector: string): void;
  /** One batch into the event store. */
  wrote(seconds: number, rows: number): void;
  /** One run of a rule. */
  judged(rule: string, seconds: number): void;
  ruleFailed(rule: string, code: string): void;
  alertRaised(severity: string): void;
  /** One attempt to tell somebody; `outcome` says what came of it. */
  delivered(sink: string, outcome: string, seconds: number): void;
  retried(sink: string): void;
}

/** Adds the agent's metrics to a registry. Labels name collectors, rules, sinks and codes: none comes from what was seen. */
export function createAgentMetrics(register: Registry, databaseBytes: () => number): AgentMetrics {
  const registers = [register];
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[], ...labelNames: string[]) =>
    new Histogram({ name, help, buckets, labelNames, registers });
  const enumeration = histogram(
    "process_enumeration_duration_seconds",
    "Time of one look at all processes of the host.",
    FAST_SECONDS,
  );
  const processes = counter("processes_collected_total", "Processes seen, once for each look at them.");
  const collectionErrors = counter("collection_errors_total", "Looks of a collector that failed.", "collector");
  const writing = histogram(
    "database_write_duration_seconds",
    "Time of one transaction of the event store.",
    FAST_SECONDS,
  );
  const writes = counter("database_writes_total", "Rows written to the event store.");
  const detection = histogram("detection_rule_duration_seconds", "Time of one run of a rule.", FAST_SECONDS, "rule");
  const alerts = counter("alerts_generated_total", "Alerts raised, by severity.", "severity");
  const ruleErrors = counter("rule_errors_total", "Runs of a rule that failed, by reason.", "rule", "code");
  const delivery = histogram(
    "alert_delivery_duration_seconds",
    "Time of one attempt to deliver, by sink.",
    DELIVERY_SECONDS,
    "sink",
  );
  const deliveries = counter("alert_deliveries_total", "Attempts to deliver, by sink and outcome.", "sink", "outcome");
  const retries = counter("alert_retry_attempts_total", "Attempts after the first one, by sink.", "sink");
  new Gauge({
    name: "database_size_bytes",
    help: "Size of the event store on disk.",
    registers,
    collect() {
      this.set(databaseBytes());
    },
  });
  return {
    enumerated(seconds, count) {
      enumeration.observe(seconds);
      processes.inc(count);
    },
    collectionFailed: (collector) => collectionErrors.inc({ collector }),
    wrote(seconds, rows) {
      writing.observe(seconds);
      writes.inc(rows);
    },
    judged: (rule, seconds) => detection.observe({ rule }, seconds),
    ruleFailed: (rule, code) => ruleErrors.inc({ rule, code }),
    alertRaised: (severity) => alerts.inc({ severity }),
    delivered(sink, outcome, seconds) {
      delivery.observe({ sink }, seconds);
      deliveries.inc({ sink, outcome });
    },
    retried: (sink) => retries.inc({ sink }),
  };
}
