import { type Answer, type Logger, type Operation, type Plan, PlanReads } from "@holdfast/engine";
import type { Notification } from "@holdfast/notify";
import { keyringTables } from "@holdfast/spine/keyring";
import { type Bench, definition, openBench, type Request, tenantId } from "@holdfast/spine/keyring.fixture";
import { type Cell, type Finding, type FoundBy, findingOf } from "./finding.ts";
import { alertOperations, AlertRecorder, alertTables, type RecorderParts } from "./index.ts";

const actor = "ac_aeaqcaibaeaqcaibaeaqcaibae";

/** A rule as alerts know it. */
export const rule: FoundBy = {
  id: "exec-from-tmp",
  title: "Program started from a temporary folder",
  severity: "high",
  description: "Programs have no business there.",
  falsePositives: ["Installers"],
  attack: ["T1059"],
  dedup: ["path"],
};

/** An outbox that keeps what it is given, and fails when it is told to. */
class FakeOutbox {
  readonly taken: Notification[] = [];
  isBroken = false;
  isUnreadable = false;

  watermark(): number | undefined {
    if (this.isUnreadable) throw new Error("the outbox cannot be read");
    return this.taken.at(-1)?.seq;
  }

  enqueue(notifications: readonly Notification[]): void {
    if (this.isBroken) throw new Error("disk full");
    this.taken.push(...notifications);
  }
}

export interface AlertBench extends Bench {
  readonly outbox: FakeOutbox;
  readonly logged: string[];
  /** Performs an operation by name. */
  call(name: string, request?: Request): Promise<unknown>;
  /** A recorder as after a restart. */
  recorder(options?: Partial<RecorderParts>): AlertRecorder;
  found(row: Readonly<Record<string, Cell>>, by?: Partial<FoundBy>): Finding;
  /** What duties came to, newest last. */
  readonly duties: readonly string[];
  readonly plans: readonly Plan[];
}

/** The answer's output, or the refusal's code. */
export const outcomeOf = (answer: Answer): unknown => (answer.ok ? answer.plan.output : answer.refusal.code);

/** A bench with the operations of alerts. */
export async function openAlerts(): Promise<AlertBench> {
  const bench = await openBench([...keyringTables, ...alertTables]);
  const byName = new Map<string, Operation>(alertOperations(definition).map((one) => [one.definition.name, one]));
  const outbox = new FakeOutbox();
  const logged: string[] = [];
  const duties: string[] = [];
  const plans: Plan[] = [];
  const log: Logger = { debug() {}, info() {}, warn() {}, error: (_, text) => void logged.push(String(text)) };
  const gate: RecorderParts["gate"] = {
    async perform(call) {
      const answer = await bench.perform(call.operation, { tenant: tenantId });
      duties.push(`${call.operation.definition.name} ${answer.ok ? "ok" : answer.refusal.code}`);
      if (answer.ok) plans.push(answer.plan);
      return answer;
    },
  };
  return Object.assign(bench, {
    outbox,
    logged,
    duties,
    plans,
    async call(name: string, request?: Request) {
      return outcomeOf(await bench.perform(byName.get(name)!, request));
    },
    recorder: (options: Partial<RecorderParts> = {}) =>
      new AlertRecorder({
        gate,
        reads: () => new PlanReads(bench.cache, bench.storage, bench.committer),
        principal: { actor, tenant: tenantId, kind: "internal", credential: "internal" },
        idKey: Buffer.alloc(32, 1),
        outbox,
        log,
        now: () => bench.now,
        groupSeconds: 3600,
        maxAlertsPerHour: 50,
        ...options,
      }),
    found: (row: Readonly<Record<string, Cell>>, by: Partial<FoundBy> = {}) =>
      findingOf({ ...rule, ...by }, row, { host: "web-1", foundAt: bench.now, upTo: 1_000_000 }),
  });
}
