import type { Logger } from "@holdfast/engine";
import { ruleTables } from "@holdfast/rules";
import type { Feature } from "@holdfast/runtime";
import { Executor, type ExecutorOptions } from "../detect/index.ts";
import { missingOf, type SandboxReport } from "../sandbox/index.ts";
import type { AgentFolder } from "./data-folder.ts";
import type { Ending } from "./ending.ts";
import type { OwnFindings } from "./own-findings.ts";
import type { AgentSettings } from "../settings/index.ts";

const MIB = 1024 * 1024;
/** People ask now and then: their process goes when nobody has asked for so long. */
const QUERIES_IDLE_MS = 60_000;

/** What is true of the process that judges: a report of one that is gone says nothing of the present. */
export type ExecutorSandbox =
  | { readonly isRunning: true; readonly report: SandboxReport }
  | { readonly isRunning: false; readonly why: string };

/** Processes that run statements: a query of a person never makes a rule wait. */
export interface OpenExecutors {
  readonly rules: Executor;
  readonly queries: Executor;
  /** What the process of the rules is locked down by, or why there is none. */
  sandbox(): ExecutorSandbox;
  /** Starts the process of the rules; one that cannot be had is told, and tried again when it is needed. */
  start(): Promise<void>;
  /** Has the next statements meet processes that open the event store anew. */
  renew(): void;
  feature(): Feature;
}

/** What executors are opened with. */
export interface ExecutorParts {
  readonly folder: AgentFolder;
  readonly settings: AgentSettings;
  readonly own: OwnFindings;
  readonly log: Logger;
  readonly ending: Ending;
}

/** The executors of rules and of queries, each a process of its own that is not started yet. */
export function openExecutors({ folder, settings, own, log, ending }: ExecutorParts): OpenExecutors {
  const { detection } = settings;
  const options: ExecutorOptions = {
    databasePath: folder.events,
    tables: ruleTables,
    memoryBytes: detection.memoryMiB * MIB,
    timeoutMs: detection.timeoutSeconds * 1_000,
    maxRows: detection.maxRows,
    sandbox: { minimum: detection.sandbox, isRequired: detection.sandboxRequired },
    events: {
      ended: (message) => log.warn({ message }, "the executor ended, and is started again"),
      alarm(message, { level }) {
        log.error({ message, sandbox: level }, "the executor is confined by less than is asked for");
        const title = "Rules are judged by a process that is confined by less than is asked for";
        own.raise("agent-sandbox-degraded", title, { level, asked: detection.sandbox });
      },
    },
  };
  const rules = new Executor(options);
  const queries = new Executor({ ...options, idleMs: QUERIES_IDLE_MS });
  ending.at("detection", async () => {
    await Promise.all([rules.close(), queries.close()]);
  });
  const sandbox = () => sandboxOf(rules);
  const start = async () => {
    try {
      const { level } = await rules.start();
      log.info({ sandbox: level }, "the executor is ready");
    } catch (error) {
      log.error({ err: error }, "the executor does not start; no rule is judged until it does");
    }
  };
  const renew = () => {
    rules.renew();
    queries.renew();
  };
  return { rules, queries, sandbox, start, renew, feature: () => featureOf(sandbox(), detection.sandbox) };
}

/** How the process of the rules is confined now. */
export function sandboxOf({ absence, report }: Pick<Executor, "absence" | "report">): ExecutorSandbox {
  if (absence !== undefined || report === undefined) return { isRunning: false, why: absence ?? "it is not known yet" };
  return { isRunning: true, report };
}

function featureOf(sandbox: ExecutorSandbox, minimum: SandboxReport["level"]): Feature {
  const name = "rule-sandbox";
  if (!sandbox.isRunning) return { name, state: "unavailable", detail: `no executor runs: ${sandbox.why}` };
  const { report } = sandbox;
  const detail = [`${report.level}, asked for ${minimum}`, ...missingOf(report)].join("; ");
  return { name, state: report.level === "full" ? "available" : "degraded", detail };
}
