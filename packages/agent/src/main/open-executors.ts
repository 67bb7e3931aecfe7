import type { Logger } from "@holdfast/engine";
import { ruleTables } from "@holdfast/rules";
import type { Feature } from "@holdfast/runtime";
import { Executor } from "../detect/executor.ts";
import type { ExecutorOptions } from "../detect/executor-options.ts";
import type { SandboxReport } from "../sandbox/index.ts";
import type { AgentFolder } from "./data-folder.ts";
import type { Ending } from "./ending.ts";
import type { AgentSettings } from "../settings/index.ts";

const MIB = 1024 * 1024;
/** People ask now and then: their process goes when nobody has asked for so long. */
const QUERIES_IDLE_MS = 60_000;

/** Processes that run statements: a query of a person never makes a rule wait. */
export interface OpenExecutors {
  readonly rules: Executor;
  readonly queries: Executor;
  /** What the newest process of the rules is locked down by. */
  report(): SandboxReport | undefined;
  /** Starts the process of the rules; one that cannot be had is told, and tried again when it is needed. */
  start(): Promise<void>;
  feature(): Feature;
}

export function openExecutors(
  folder: AgentFolder,
  { detection }: AgentSettings,
  log: Logger,
  ending: Ending,
): OpenExecutors {
  const options: ExecutorOptions = {
    databasePath: folder.events,
    tables: ruleTables,
    memoryBytes: detection.memoryMiB * MIB,
    timeoutMs: detection.timeoutSeconds * 1_000,
    maxRows: detection.maxRows,
    sandbox: { minimum: detection.sandbox, isRequired: detection.sandboxRequired },
    events: {
      ended: (message) => log.warn({ message }, "the executor ended, and is started again"),
      alarm: (message, report) =>
        log.error({ message, level: report.level }, "the executor is confined by less than is asked for"),
    },
  };
  const rules = new Executor(options);
  const queries = new Executor({ ...options, idleMs: QUERIES_IDLE_MS });
  ending.at("detection", async () => {
    await Promise.all([rules.close(), queries.close()]);
  });
  const report = () => rules.report;
  const start = async () => {
    try {
      const { level } = await rules.start();
      log.info({ level }, "the executor is ready");
    } catch (error) {
      log.error({ err: error }, "the executor does not start; no rule is judged until it does");
    }
  };
  return { rules, queries, report, start, feature: () => featureOf(report(), detection.sandbox) };
}

function featureOf(report: SandboxReport | undefined, minimum: SandboxReport["level"]): Feature {
  const name = "rule-sandbox";
  if (report === undefined) return { name, state: "degraded", detail: "the executor has not started yet" };
  const missing = report.features.filter(({ state }) => state !== "on").map((one) => `${one.name}: ${one.detail}`);
  const detail = [`${report.level}, asked for ${minimum}`, ...missing].join("; ");
  return { name, state: report.level === "full" ? "available" : "degraded", detail };
}
