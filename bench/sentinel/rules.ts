import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { admit, ruleTables } from "@holdfast/rules";
import { Executor } from "../../packages/agent/src/detect/executor.ts";
import { Scheduler } from "../../packages/agent/src/detect/scheduler.ts";
import type { ScheduledRule } from "../../packages/agent/src/detect/scheduled-rule.ts";
import type { EventStore } from "../../packages/agent/src/events/index.ts";
import type { Bench } from "../measure/bench.ts";
import { interleave } from "../measure/interleave.ts";
import { median, percentile } from "../measure/statistics.ts";
import type { Figure } from "../report/figure.ts";
import { printNumber } from "../report/table.ts";
import { hostChanges } from "./host-rows.ts";
import { LeftOut, type Measured, orLeftOut } from "./measured.ts";
import { familySeconds } from "./processor-time.ts";
import { type BenchRule, options, sigmaRules, starterRules } from "./rule-files.ts";
import { benchStore } from "./store.ts";

const mostAdmissionMs = 2;
const mostJudgingMs = 100;
const admissionsOfRound = 5;
const newRows = 1_000;
const oldRows = 20_000;

/** What rules cost when they are taken, and when they are run over what is new. */
export async function measureRules(bench: Bench): Promise<Measured> {
  const sigma = await orLeftOut(sigmaRules);
  const hasSigma = !(sigma instanceof LeftOut);
  const rules = [...starterRules(), ...(hasSigma ? sigma : [])];
  const judging = hasSigma ? await measureJudging(bench, sigma) : [];
  return {
    method:
      "Rules: processor time of taking a statement (tokens, tree, names, limits, printing), of rules that come with the " +
      `agent and of compiled Sigma rules. Judging: ${newRows.toLocaleString("en")} new rows in a store that holds ` +
      `${oldRows.toLocaleString("en")} and more, one in a hundred of them what somebody has written a rule about; all rules run by ` +
      "the scheduler in the executor, in its sandbox, each time on rows that were not there before.",
    figures: [...(await measureAdmission(bench, rules)), ...judging],
    leftOut: hasSigma ? [] : [sigma.message],
  };
}

async function measureAdmission({ isQuick }: Bench, rules: readonly BenchRule[]): Promise<readonly Figure[]> {
  const times = await interleave(rules, isQuick ? 5 : 15, ({ sql }) => admissionMs(sql));
  // In the first round nothing is compiled yet, as when an agent starts.
  const cold = [...times.values()].map((all) => all[0]!);
  const warm = [...times.values()].map(median);
  const unit = { unit: "ms", goal: { atMost: mostAdmissionMs } };
  const longest = Math.max(...rules.map(({ sql }) => sql.length));
  return [
    {
      name: "rule admission, median",
      value: median(warm),
      ...unit,
      detail: `${rules.length} rules, the longest of ${longest.toLocaleString("en")} characters; the first time ${printNumber(median(cold))} ms`,
    },
    {
      name: "rule admission, p99",
      value: percentile(warm, 0.99),
      ...unit,
      detail: `the slowest ${printNumber(Math.max(...warm))} ms; the first time ${printNumber(percentile(cold, 0.99))} ms`,
    },
  ];
}

function admissionMs(sql: string): number {
  const before = process.cpuUsage();
  for (let done = 0; done < admissionsOfRound; done++) {
    if (!admit(sql, options).ok) throw new Error("a rule that was admitted is refused");
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / admissionsOfRound;
}

async function measureJudging({ folder, isQuick }: Bench, rules: readonly BenchRule[]): Promise<readonly Figure[]> {
  const place = join(folder, "judging");
  mkdirSync(place, { mode: 0o700 });
  const path = join(place, "events.db");
  const store = benchStore(path);
  const executor = new Executor({ databasePath: path, tables: ruleTables });
  try {
    for (let from = 0; from < oldRows; from += newRows) store.write(hostChanges(from, newRows));
    const { level } = await executor.start();
    const rounds = await judge(store, executor, rules, isQuick ? 10 : 50);
    const { executorSeconds, agentSeconds, findings, times } = rounds;
    return [
      {
        name: `${rules.length} Sigma rules over ${newRows.toLocaleString("en")} new rows`,
        value: (executorSeconds * 1_000) / times.length,
        unit: "ms",
        goal: { atMost: mostJudgingMs },
        detail:
          `processor time of the executor (sandbox ${level}), mean of ${times.length}; of the agent ${printNumber((agentSeconds * 1_000) / times.length)} ms; ` +
          `${printNumber(median(times))} ms from start to end; ${printNumber(findings / times.length)} findings`,
      },
    ];
  } finally {
    await executor.close();
    store.close();
    rmSync(place, { recursive: true, force: true });
  }
}

interface Judged {
  readonly executorSeconds: number;
  readonly agentSeconds: number;
  readonly findings: number;
  /** From start to end, in milliseconds. */
  readonly times: readonly number[];
}

async function judge(
  store: EventStore,
  executor: Executor,
  rules: readonly BenchRule[],
  rounds: number,
): Promise<Judged> {
  let findings = 0;
  const fail = (what: string) => (error: unknown) => {
    throw new Error(`${what}: ${String(error)}`);
  };
  const scheduler = new Scheduler<ScheduledRule>({
    tables: ruleTables,
    source: store,
    memory: store,
    run: (statement) => executor.run(statement),
    reports: {
      findings: async (_, { rows }) => void (findings += rows.length),
      changes: async () => {},
      failed: ({ id }, error) => fail(`the rule ${id} failed`)(error),
      notRemembered: fail("how far rules are was not remembered"),
      disabled: ({ id }, reason) => fail(`the rule ${id} was switched off`)(reason),
    },
    metrics: { observeRun: () => {}, countError: () => {} },
  });
  scheduler.setRules(rules.map(({ id, statement }) => ({ id, statement, schedule: { kind: "tick" } })));
  let [executorSeconds, agentSeconds] = [0, 0];
  const times: number[] = [];
  const warmUps = 3;
  for (let round = 0; round < warmUps + rounds; round++) {
    store.write(hostChanges(oldRows + round * newRows, newRows));
    const [before, own, startedAt] = [familySeconds(executor.pid!), process.cpuUsage(), performance.now()];
    const { judged } = await scheduler.tick();
    if (judged < rules.length) throw new Error(`${judged} of ${rules.length} rules were judged`);
    if (round < warmUps) {
      findings = 0;
      continue;
    }
    const { user, system } = process.cpuUsage(own);
    times.push(performance.now() - startedAt);
    executorSeconds += familySeconds(executor.pid!) - before;
    agentSeconds += (user + system) / 1e6;
  }
  return { executorSeconds, agentSeconds, findings, times };
}
