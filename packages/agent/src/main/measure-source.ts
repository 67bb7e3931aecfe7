import { setTimeout as after } from "node:timers/promises";
import type { Logger } from "@holdfast/engine";
import type { ChosenSource } from "../sources/index.ts";

/** Which source is measured, and when. */
export interface MeasureOptions {
  readonly source: Pick<ChosenSource, "name" | "readings" | "measure">;
  readonly tickSeconds: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** The first look at all processes and their files is over by then: it is not what a source is like every day. */
  readonly settledMs?: number;
  /** How often it is looked whether another source has taken over. */
  readonly againMs?: number;
}

const SETTLED_MS = 10_000;
const AGAIN_MS = 60_000;
/** What looks find is written within this after the tick that found it. */
const FOUND_WITHIN_MS = 1_500;
/** Of short lives a look finds few: so many are needed that a tenth shows. */
const POLLED = 20;

/**
 * Has each source that becomes the active one show once what it catches, by a few processes of known lifetimes, until the
 * agent ends. Never rejects.
 */
export async function measureSources(options: MeasureOptions): Promise<void> {
  const { source, signal, settledMs = SETTLED_MS, againMs = AGAIN_MS } = options;
  const tried = new Set<string>();
  for (let waitMs = settledMs; await isOver(waitMs, signal); waitMs = againMs) {
    const { name } = source;
    const isMeasured = source.readings().some((one) => one.name === name && one.catchRates.length > 0);
    if (!isMeasured && !tried.has(name)) await measure(options);
    tried.add(name);
  }
}

/** Whether the time is over, and not called off. */
async function isOver(waitMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await after(waitMs, undefined, { signal, ref: false });
    return true;
  } catch {
    return false;
  }
}

async function measure({ source, tickSeconds, signal, log }: MeasureOptions): Promise<void> {
  const { name } = source;
  // What is found by looking is found with the next tick.
  const polled = { count: POLLED, settleMs: tickSeconds * 1_000 + FOUND_WITHIN_MS };
  try {
    const rates = await source.measure({ signal, ...(name === "polling" && polled) });
    log.info({ source: name, rates }, "what the source of process events catches");
  } catch (error) {
    if (signal.aborted) return;
    log.warn({ source: name, err: error }, "what the source of process events catches is not known");
  }
}
