import { libc, systemCallError } from "./libc.ts";

/** <linux/time.h> */
const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;
const CLOCK_BOOTTIME = 7;
const NANOSECONDS = 1_000_000_000n;
const NANOSECONDS_OF_MILLISECOND = 1_000_000n;

const time = new BigInt64Array(2);

function readClock(clock: number): bigint {
  if (libc().clock_gettime(clock, time) !== 0) throw systemCallError("clock_gettime");
  return time[0]! * NANOSECONDS + time[1]!;
}

/**
 * Relates the kernel's clocks. Connectors stamp with the monotonic one, which stands still while the machine sleeps;
 * start times in /proc count on the one since boot, so that one tells processes apart. The wall clock may be set at any
 * time: it is only what people read.
 */
export class KernelClock {
  #sleptNs = 0n;
  #bootedAtNs = 0n;

  constructor() {
    this.refresh();
  }

  /** To be called before a batch is converted: the clocks drift, and people set them. */
  refresh(): void {
    const bootNs = this.now();
    this.#sleptNs = bootNs - readClock(CLOCK_MONOTONIC);
    this.#bootedAtNs = readClock(CLOCK_REALTIME) - bootNs;
  }

  /** Time since boot, in nanoseconds. */
  now(): bigint {
    return readClock(CLOCK_BOOTTIME);
  }

  /** Time since boot of a monotonic time. */
  bootOfMonotonic(monotonicNs: bigint): bigint {
    return monotonicNs + this.#sleptNs;
  }

  /** Time since boot of a Unix time in milliseconds. */
  bootOfUnix(unixMs: number): bigint {
    return BigInt(Math.round(unixMs)) * NANOSECONDS_OF_MILLISECOND - this.#bootedAtNs;
  }

  /** Unix time in milliseconds of a time since boot. */
  unixMs(bootNs: bigint): number {
    return Number((bootNs + this.#bootedAtNs) / NANOSECONDS_OF_MILLISECOND);
  }
}
