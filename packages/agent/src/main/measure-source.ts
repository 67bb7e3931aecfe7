import { setTimeout as after } from "node:timers/promises";
import type { Logger } from "@holdfast/engine";
import type { ChosenSource } from "../sources/index.ts";

/** The first look at all processes and their files is over by then: it is not what the source is like every day. */
const SETTLED_MS = 10_000;

/**
 * Has the active source show once what it catches, by a few processes of known lifetimes. What is found by looking has no
 * source to ask: it misses what lives shorter than a tick, and its rates stay unmeasured. Never rejects.
 */
export async function measureSource(
  source: Pick<ChosenSource, "name" | "readings" | "measure">,
  signal: AbortSignal,
  log: Logger,
  settledMs = SETTLED_MS,
): Promise<void> {
  try {
    await after(settledMs, undefined, { signal, ref: false });
  } catch {
    return;
  }
  const { name } = source;
  const isMeasured = source.readings().some((one) => one.name === name && one.catchRates.length > 0);
  if (name === "polling" || isMeasured) return;
  try {
    const rates = await source.measure({ signal });
    log.info({ source: name, rates }, "what the source of process events catches");
  } catch (error) {
    if (!signal.aborted)
      log.warn({ source: name, err: error }, "what the source of process events catches is not known");
  }
}
