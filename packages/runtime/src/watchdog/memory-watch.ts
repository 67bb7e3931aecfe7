import { memoryOfTree, type TreeMemory } from "./memory-use.ts";
import { nextPressure, type PressureLevel } from "./memory-pressure.ts";

/** A look costs some milliseconds: the kernel walks the page tables. */
const INTERVAL_MS = 30_000;

/** Memory held against its budget. */
export interface MemoryReading extends TreeMemory {
  readonly level: PressureLevel;
  readonly budgetBytes: number;
}

/** A watch over memory that runs until it is stopped. */
export interface MemoryWatch {
  /** The newest reading. */
  reading(): MemoryReading;
  /** Reads now, and tells of a change of level. */
  look(): MemoryReading;
  stop(): void;
}

/** How often memory is read, and how. */
export interface MemoryWatchOptions {
  readonly intervalMs?: number;
  readonly measure?: () => TreeMemory;
}

/**
 * Holds the memory of this process and its children against a budget, and tells when the level changes: at 80 % collectors
 * and queues take less (P11).
 */
export function watchMemory(
  budgetBytes: number,
  onChange: (reading: MemoryReading) => void,
  { intervalMs = INTERVAL_MS, measure = memoryOfTree }: MemoryWatchOptions = {},
): MemoryWatch {
  let reading: MemoryReading = { ...measure(), level: "normal", budgetBytes };
  const look = (): MemoryReading => {
    const memory = measure();
    const level = nextPressure(reading.level, memory.bytes, budgetBytes);
    const hasChanged = level !== reading.level;
    reading = { ...memory, level, budgetBytes };
    if (hasChanged) onChange(reading);
    return reading;
  };
  look();
  const timer = setInterval(look, intervalMs);
  timer.unref();
  return { reading: () => reading, look, stop: () => clearInterval(timer) };
}
