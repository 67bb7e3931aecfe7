import type { Figure, Goal } from "../report/figure.ts";
import { interleave } from "./interleave.ts";
import { median } from "./statistics.ts";

/** A function that takes microseconds; what it returns is used, so that no compiler leaves it out. */
export interface MicroCase {
  readonly name: string;
  readonly run: () => unknown;
  readonly goal?: Goal;
}

const warmUpCalls = 20_000;

/** Microseconds per call, as the median over rounds of `millisecondsPerRound` each. */
export async function measureMicro(
  cases: readonly MicroCase[],
  { rounds, millisecondsPerRound }: { readonly rounds: number; readonly millisecondsPerRound: number },
): Promise<readonly Figure[]> {
  for (const { run } of cases) call(run, warmUpCalls);
  const times = await interleave(cases, rounds, ({ run }) => microsecondsPerCall(run, millisecondsPerRound));
  return cases.map((one) => {
    const all = times.get(one) ?? [];
    return {
      name: one.name,
      value: median(all),
      unit: "µs",
      ...(one.goal === undefined ? {} : { goal: one.goal }),
      detail: `best of ${rounds} rounds ${Math.min(...all).toFixed(1)} µs`,
    };
  });
}

function microsecondsPerCall(run: () => unknown, milliseconds: number): number {
  const callsAtOnce = 500;
  const startedAt = performance.now();
  let calls = 0;
  let now = startedAt;
  for (; now - startedAt < milliseconds; now = performance.now()) {
    call(run, callsAtOnce);
    calls += callsAtOnce;
  }
  return ((now - startedAt) * 1000) / calls;
}

function call(run: () => unknown, times: number): void {
  let last: unknown;
  for (let done = 0; done < times; done += 1) last = run();
  if (last === undefined) throw new Error("a measured function returned nothing");
}
