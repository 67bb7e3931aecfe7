import type { Answer, Logger, Operation, Plan, Table } from "@holdfast/engine";
import { keyringTables } from "@holdfast/spine/keyring";
import { type Bench, definition, openBench, type Request } from "@holdfast/spine/keyring.fixture";
import { Effects } from "./effects.ts";

export interface SliceBench extends Bench {
  /** Performs an operation by name; resolves with its output, or with the refusal. */
  call(name: string, request?: Request): Promise<unknown>;
  /** The plan of the last call that succeeded. */
  lastPlan(): Plan;
  readonly effects: Effects;
  readonly logged: readonly string[];
}

/** A bench with the operations of a slice, and with effects done as the committer would have them done. */
export async function openSlice(
  operationsOf: (define: typeof definition, effects: Effects) => readonly Operation[],
  tables: readonly Table[] = [],
): Promise<SliceBench> {
  const bench = await openBench([...keyringTables, ...tables]);
  const logged: string[] = [];
  const log: Logger = { debug() {}, info() {}, warn() {}, error: (_, text) => void logged.push(String(text)) };
  const effects = new Effects(log);
  const byName = new Map(operationsOf(definition, effects).map((one) => [one.definition.name, one]));
  let lastPlan: Plan = { output: undefined };
  return Object.assign(bench, {
    effects,
    logged,
    lastPlan: () => lastPlan,
    async call(name: string, request?: Request) {
      const answer: Answer = await bench.perform(byName.get(name)!, request);
      if (!answer.ok) return answer.refusal;
      lastPlan = answer.plan;
      effects.onCommitted(answer.plan.writes ?? []);
      return answer.plan.output;
    },
  });
}
