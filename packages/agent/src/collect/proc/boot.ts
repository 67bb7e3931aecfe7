import { readWhole } from "./proc-files.ts";

/** USER_HZ, in which the kernel counts for programs: 100 on every architecture that Node runs on. */
export const TICKS_PER_SECOND = 100;
/** Clocks are set right while a host runs; a boot that seems to have moved so far has another time. */
const TOLERANCE_MS = 2_000;

/** Which boot this is, and when it was. */
export interface Boot {
  readonly id: string;
  readonly unixMs: number;
}

/**
 * The boot that the host runs since. `known` is what an earlier run of the agent found: times of starts are computed
 * from it, and those of one process must come out alike after a restart.
 */
export function readBoot(root: string, nowMs: number, known: string | undefined): Boot {
  const id = readWhole(`${root}/sys/kernel/random/boot_id`).trim();
  const uptimeSeconds = Number.parseFloat(readWhole(`${root}/uptime`));
  const unixMs = Math.round(nowMs - (Number.isFinite(uptimeSeconds) ? uptimeSeconds : 0) * 1_000);
  const [knownId, knownMs] = (known ?? "").split("@");
  const isSame = knownId === id && Math.abs(Number(knownMs) - unixMs) <= TOLERANCE_MS;
  return { id, unixMs: isSame ? Number(knownMs) : unixMs };
}

/** What is to be remembered of a boot. */
export function bootText({ id, unixMs }: Boot): string {
  return `${id}@${unixMs}`;
}

/** Unix milliseconds of a time in clock ticks after boot. */
export function startMs(boot: Boot, startTicks: number): number {
  return boot.unixMs + (startTicks * 1_000) / TICKS_PER_SECOND;
}
