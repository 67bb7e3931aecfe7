import type { Logger } from "@holdfast/engine";
import { type Feature, type MemoryReading, type MemoryWatch, watchMemory } from "@holdfast/runtime";
import type { Ending } from "./ending.ts";
import { measureMemory } from "./measure-memory.ts";

const MIB = 1024 * 1024;

/** What gives way when memory is short. */
export type OnPressure = (isPressed: boolean) => void;

/** The memory of agent and executor, held against their budget: from 80 % of it on less is taken in (P11). */
export class MemoryBudget {
  readonly #log: Logger;
  readonly #watch: MemoryWatch;
  readonly #listeners: OnPressure[] = [];

  constructor(budgetMiB: number, log: Logger, ending: Ending) {
    this.#log = log;
    const budgetBytes = budgetMiB * MIB;
    const measure = measureMemory(budgetBytes);
    this.#watch = watchMemory(budgetBytes, (reading) => this.#changed(reading), { measure });
    ending.at("collectors", () => this.#watch.stop());
  }

  reading(): MemoryReading {
    return this.#watch.reading();
  }

  onPressure(listener: OnPressure): void {
    this.#listeners.push(listener);
    if (this.reading().level !== "normal") listener(true);
  }

  feature(): Feature {
    const { level, bytes, budgetBytes, measure, processes } = this.reading();
    const name = "memory-budget";
    const detail = `${inMib(bytes)} of ${inMib(budgetBytes)} MiB (${measure}) in ${processes} processes`;
    return { name, state: level === "normal" ? "available" : "degraded", detail };
  }

  #changed({ level, bytes, budgetBytes }: MemoryReading): void {
    const fields = { pressure: level, mib: inMib(bytes), budgetMib: inMib(budgetBytes) };
    this.#log[level === "exceeded" ? "warn" : "info"](fields, "memory of agent and executor");
    for (const listener of this.#listeners) listener(level !== "normal");
  }
}

const inMib = (bytes: number): number => Math.round(bytes / MIB);
