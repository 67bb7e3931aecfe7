import type { Bench } from "../measure/bench.ts";
import { interleave } from "../measure/interleave.ts";
import { percentile } from "../measure/statistics.ts";
import type { Figure } from "../report/figure.ts";
import { printNumber } from "../report/table.ts";
import { keyOf } from "../load/plan.ts";
import type { FilledLedger } from "./fill-entries.ts";
import { NodeClient } from "./node-client.ts";

/** A call that one caller makes, one at a time; `turn` makes each another one. */
interface Question {
  readonly name: string;
  readonly path: (turn: number) => string;
}

/** What it takes to ask a ledger of this size; a read of a secret stands beside for what any call takes. */
export async function measureQuestions(
  { isQuick }: Bench,
  socket: string,
  ledger: FilledLedger,
): Promise<readonly Figure[]> {
  const client = new NodeClient(socket);
  const questions = questionsFor(ledger);
  for (const { path } of questions) await client.output("GET", path(0));
  let turn = 0;
  const times = await interleave(questions, isQuick ? 20 : 100, async ({ path }) => {
    const startedAt = performance.now();
    await client.output("GET", path(turn++));
    return performance.now() - startedAt;
  });
  client.close();
  return questions.map((question): Figure => {
    const all = times.get(question)!;
    const name = `${question.name}, at ${printNumber(ledger.size)} entries`;
    return { name, value: percentile(all, 0.5), unit: "ms", detail: `p99 ${printNumber(percentile(all, 0.99))} ms` };
  });
}

function questionsFor({ size, actor, rareActor, resource }: FilledLedger): readonly Question[] {
  const log = (filter: string) => () => `/api/audit/entries?limit=50&${filter}`;
  return [
    { name: "read a secret, one caller", path: (turn) => `/api/secrets/${keyOf(turn % 100)}` },
    // All over the ledger, in no order.
    { name: "audit proof", path: (turn) => `/api/audit/entries/${(turn * 7_919 * 31) % size}:proof` },
    { name: "audit log of an actor of all entries", path: log(`actor=${actor}`) },
    { name: "audit log of an actor of few entries", path: log(`actor=${rareActor}`) },
    { name: "audit log of one resource", path: log(`resource=${resource}`) },
  ];
}
