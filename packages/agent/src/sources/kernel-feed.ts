import type { TimedEvent } from "./exec-looks.ts";
import type { KernelClock } from "./system/kernel-clock.ts";

/** Events that did not arrive, and why, as a code. */
export interface Loss {
  readonly count: number;
  readonly reason: string;
}

/** What one read gave. */
export interface FeedBatch {
  /** In the order in which they arrived. */
  readonly events: readonly TimedEvent[];
  readonly losses: readonly Loss[];
  /** The kernel told anything at all: the answer to a heartbeat may itself be lost in a storm. */
  readonly isHeard: boolean;
  /** Nothing was left to read. */
  readonly isEmpty: boolean;
}

/** An open interface of the kernel that tells of processes. */
export interface KernelFeed {
  /** Readable while something waits. */
  readonly descriptor: number;
  /** Has the kernel send events; rejects with its reason when it does not. */
  begin(): Promise<void>;
  /** Reads some of what waits, without waiting. Throws when the interface is broken. */
  read(clock: KernelClock): FeedBatch;
  /** Looks after itself, every few seconds. Rejects when the interface is broken. */
  check(): Promise<readonly Loss[]>;
  /** Takes everything back. Called once. */
  close(): Promise<void>;
}
