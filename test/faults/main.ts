// `npm run faults [rounds] [seed]`: kill -9 under load, 200 rounds unless told otherwise. Ends with 1 at the first thing
// that does not hold. Ctrl-C ends it after the round that is under way; what it started, it stops.

import { killRounds, type Totals } from "./kill/rounds.ts";

const [rounds, seed] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? Date.now() % 2 ** 32)];
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  console.error("usage: npm run faults [rounds] [seed]");
  process.exit(2);
}

const ending = new AbortController();
process.once("SIGINT", () => ending.abort());
let last: Totals | undefined;

try {
  console.log(`kill -9 under load: ${rounds} rounds, seed ${seed}`);
  show(await killRounds({ rounds, seed, signal: ending.signal, onRound }));
} catch (error) {
  clearLine();
  console.error(`round ${(last?.rounds ?? 0) + 1} of seed ${seed}:`, error);
  process.exitCode = 1;
}

function onRound(totals: Totals): void {
  last = totals;
  if (!process.stdout.isTTY) return;
  clearLine();
  process.stdout.write(`round ${totals.rounds} of ${rounds}, ${totals.acknowledged} acknowledged writes held`);
}

function show({ rounds: done, acknowledged, inDoubt, reads, entries }: Totals): void {
  clearLine();
  console.log(`${done} rounds: each restart recovered, and the ledger and every row verified`);
  console.log(`${acknowledged} acknowledged writes, all there with their version and their entry`);
  console.log(`${reads} answered reads, all with their entry`);
  console.log(`${inDoubt} writes without an answer, asked for again: none was done twice`);
  console.log(`${entries} entries in the ledger at the end`);
  if (done < rounds) process.exitCode = 130;
}

function clearLine(): void {
  if (process.stdout.isTTY) process.stdout.write("\r\u001b[2K");
}
