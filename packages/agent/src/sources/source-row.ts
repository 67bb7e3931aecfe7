import { type CatchRate, measuredLifetimesMs } from "./catch-rate.ts";
import type { SourceReading } from "./choose-source.ts";

const rateColumns: Readonly<Record<(typeof measuredLifetimesMs)[number], string>> = {
  1: "caught_1ms",
  10: "caught_10ms",
  100: "caught_100ms",
  1000: "caught_1s",
};

/** A row of the table agent_sources. */
export function sourceRow(reading: SourceReading): Record<string, string | number> {
  const { name, state, detail, events, lost, catchRates } = reading;
  const row: Record<string, string | number> = { name, state, detail, events, lost };
  for (const lifetimeMs of measuredLifetimesMs) row[rateColumns[lifetimeMs]] = perMille(catchRates, lifetimeMs);
  return row;
}

/** -1 when it was not measured. */
function perMille(rates: readonly CatchRate[], lifetimeMs: number): number {
  const rate = rates.find((measured) => measured.lifetimeMs === lifetimeMs);
  return rate === undefined || rate.started === 0 ? -1 : Math.floor((rate.caught * 1000) / rate.started);
}
