import { readFileSync } from "node:fs";
import { arch, release, type as systemName, uptime } from "node:os";
import type { Host, HostWithReadings } from "@holdfast/contract/types";
import { ruleTables } from "@holdfast/rules";
import { version } from "@holdfast/runtime";
import type { HostReadings } from "../hosts/index.ts";
import { missingOf, reaches } from "../sandbox/index.ts";
import type { AgentSettings } from "../settings/index.ts";
import type { ChosenSource } from "../sources/index.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { OpenExecutors } from "./open-executors.ts";
import type { OpenStore } from "./open-store.ts";
import { tableRows } from "./table-rows.ts";

const MIB = 1024 * 1024;
const MAX_DETAIL = 1024;

/** What the readings of a host are taken from. */
export interface HostParts {
  readonly name: string;
  readonly settings: AgentSettings;
  readonly stored: OpenStore;
  readonly executors: OpenExecutors;
  readonly source: Pick<ChosenSource, "readings">;
  readonly memory: Pick<MemoryBudget, "reading">;
}

/** The host that this agent runs on, as it is asked about. */
export class HostOfAgent implements HostReadings {
  readonly #with: HostParts;
  readonly #startedAt = new Date().toISOString();
  readonly #bootedAt = new Date(Date.now() - uptime() * 1_000).toISOString();
  readonly #system = nameOfSystem();

  constructor(parts: HostParts) {
    this.#with = parts;
  }

  host(): Host {
    const { name, source } = this.#with;
    return {
      name,
      os: this.#system,
      kernel: release().slice(0, 128),
      architecture: arch(),
      bootedAt: this.#bootedAt,
      agentVersion: version,
      agentStartedAt: this.#startedAt,
      source: source.readings().find(({ state }) => state === "active")?.name ?? "none",
      sandbox: this.#sandbox(),
    };
  }

  async readings(): Promise<HostWithReadings> {
    const { stored, source, executors } = this.#with;
    const found = source.readings();
    return {
      ...this.host(),
      sources: found.map(({ name, state, detail, events, lost }) => ({
        name,
        state,
        detail: detail.slice(0, MAX_DETAIL),
        events,
        lost,
      })),
      catchRates: found
        .filter(({ state }) => state === "active")
        .flatMap(({ catchRates }) => catchRates)
        .map(({ lifetimeMs, started, caught }) => ({
          lifetimeMs,
          perMille: started === 0 ? 0 : Math.floor((caught * 1_000) / started),
        })),
      losses: stored.totals.list(),
      budgets: this.#budgets(),
      tables: await tableRows(
        executors.queries,
        ruleTables.map(({ name }) => name),
        stored.store.head,
      ),
    };
  }

  #sandbox(): Host["sandbox"] {
    const { executors, settings } = this.#with;
    const sandbox = executors.sandbox();
    if (!sandbox.isRunning) {
      const why = `no executor runs, and nothing is judged meanwhile: ${sandbox.why}`;
      return { level: "none", isDegraded: true, detail: why.slice(0, MAX_DETAIL) };
    }
    const { report } = sandbox;
    const detail = missingOf(report).join("; ");
    return {
      level: report.level,
      isDegraded: !reaches(report.level, settings.detection.sandbox),
      detail: (detail === "" ? "every line of defence is there" : detail).slice(0, MAX_DETAIL),
    };
  }

  #budgets(): HostWithReadings["budgets"] {
    const { stored, memory, settings } = this.#with;
    const { bytes, budgetBytes, measure } = memory.reading();
    const { user, system } = process.cpuUsage();
    return [
      { name: `memory (${measure})`, used: bytes, limit: budgetBytes, unit: "bytes" },
      { name: "processor", used: (user + system) / 10_000 / process.uptime(), limit: 1, unit: "percent" },
      { name: "queue", used: stored.writer.readings().queuedRows, limit: settings.store.queueRows, unit: "items" },
      { name: "event store", used: stored.store.readings().bytes, limit: settings.store.maxMiB * MIB, unit: "bytes" },
    ];
  }
}

/** As a distribution calls itself, such as `Debian GNU/Linux 13 (trixie)`. */
function nameOfSystem(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]{1,128})"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
    if (name !== undefined) return name;
  } catch {
    // Other systems have no such file.
  }
  return systemName();
}
