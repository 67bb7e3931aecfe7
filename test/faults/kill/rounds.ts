import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../server.ts";
import { randomFrom } from "../random.ts";
import { administratorToken, checkRestarted, keptHeads, killWhileStarting, type Life, loadAndKill } from "./stand.ts";

const ROUNDS_PER_KILLED_RECOVERY = 4;

export interface Totals {
  readonly rounds: number;
  /** Writes that were acknowledged before a kill; each of them was there afterwards. */
  readonly acknowledged: number;
  /** Writes without an answer; each was done once or not at all, and once after it was asked for again. */
  readonly inDoubt: number;
  readonly reads: number;
  readonly entries: number;
}

interface Options {
  readonly rounds: number;
  readonly seed: number;
  readonly onRound?: (totals: Totals) => void;
  /** Ends after the round that is under way. */
  readonly signal?: AbortSignal;
}

/** Kills a server under load and starts it again on the same data, over and over; throws at what does not hold. */
export async function killRounds({ rounds, seed, onRound, signal }: Options): Promise<Totals> {
  const home = mkdtempSync(join(tmpdir(), "holdfast-faults-"));
  const stand = { dataDir: join(home, "data"), random: randomFrom(seed), heads: keptHeads() };
  let totals: Totals = { rounds: 0, acknowledged: 0, inDoubt: 0, reads: 0, entries: 0 };
  let server = await startServer({ dataDir: stand.dataDir });
  try {
    const token = await administratorToken(server);
    while (totals.rounds < rounds && signal?.aborted !== true) {
      const life = await loadAndKill(stand, server, token, totals.rounds);
      if (stand.random(ROUNDS_PER_KILLED_RECOVERY) === 0) await killWhileStarting(stand);
      server = await startServer({ dataDir: stand.dataDir });
      totals = added(totals, life, await checkRestarted(stand, server, token, life));
      onRound?.(totals);
    }
  } finally {
    await server.kill();
    rmSync(home, { recursive: true, force: true });
  }
  return totals;
}

const added = (totals: Totals, { told }: Life, entries: number): Totals => ({
  rounds: totals.rounds + 1,
  acknowledged: totals.acknowledged + told.written.length,
  inDoubt: totals.inDoubt + told.inDoubt.length,
  reads: totals.reads + told.readAt.length,
  entries,
});
