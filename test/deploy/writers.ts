import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "@holdfast/client";

/** Between two writes of a client that nobody waits for. */
const UNHURRIED_MS = 200;

/** A write that was acknowledged. */
export interface Written {
  readonly key: string;
  readonly version: number;
  readonly value: string;
}

export interface Writers {
  /** Resolves when so many more writes of each were acknowledged; rejects with the first one that failed. */
  acknowledged(more: number): Promise<void>;
  /** Ends them, and gives everything that they were told. */
  stop(): Promise<{ readonly written: readonly Written[]; readonly failures: readonly string[] }>;
}

/**
 * Clients as users have them, their own retries included, each writing to a path of its own, one call after the other:
 * without a pause while somebody waits for what is acknowledged, so that a death right after meets them in the middle of a call.
 */
export function startWriters(count: number, connect: () => Client): Writers {
  const written: Written[] = [];
  const failures: string[] = [];
  const counts = new Map<string, number>();
  const round = { isOver: false, isHurried: false, onCall: () => {} };
  const work = async (client: Client, key: string): Promise<void> => {
    while (!round.isOver) {
      const value = randomUUID();
      try {
        const { version } = await client.secrets.put(key, { value });
        written.push({ key, version, value });
        counts.set(key, (counts.get(key) ?? 0) + 1);
      } catch (error) {
        failures.push(String(error));
      }
      round.onCall();
      if (!round.isHurried) await pause(UNHURRIED_MS);
    }
    client.close();
  };
  const working = Array.from({ length: count }, (_, at) => work(connect(), `applications/deploy/writer-${at}`));
  return {
    acknowledged(more) {
      const before = new Map(counts);
      round.isHurried = true;
      return new Promise<void>((resolve, reject) => {
        round.onCall = () => {
          // Each of them: who was cut off by one death is to be back before the next.
          const isReached = [...counts].every(([key, now]) => now - (before.get(key) ?? 0) >= more);
          if (counts.size === count && isReached) resolve();
          if (failures.length > 0) reject(new Error(failures[0]));
        };
      }).finally(() => {
        round.isHurried = false;
      });
    },
    async stop() {
      round.isOver = true;
      await Promise.all(working);
      return { written, failures };
    },
  };
}
