import type { ServiceNotifier } from "./service-notifier.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How the process judges itself. */
export type Health = { readonly isHealthy: true } | { readonly isHealthy: false; readonly reason: string };

/** Milliseconds between two keep-alives: half of what systemd waits. Undefined when it waits for none from this process. */
export function keepAliveMs(environment: Environment, pid: number = process.pid): number | undefined {
  const [wait, whose] = [environment["WATCHDOG_USEC"], environment["WATCHDOG_PID"]];
  if (wait === undefined || !/^[1-9]\d{0,15}$/.test(wait)) return undefined;
  if (whose !== undefined && whose !== String(pid)) return undefined;
  return Math.min(Math.max(Math.floor(Number(wait) / 2_000), 1), MAX_TIMER_MS);
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Sends keep-alives as long as the process finds itself healthy, the first at once. When it does not, it says why and goes
 * silent: systemd then ends and restarts it. A blocked event loop is silent of itself.
 */
export function keepAlive(
  notifier: Pick<ServiceNotifier, "alive" | "status">,
  intervalMs: number | undefined,
  health: () => Health,
): { readonly stop: () => void } {
  if (intervalMs === undefined) return { stop: () => undefined };
  let wasHealthy = true;
  const look = (): void => {
    const found = health();
    if (found.isHealthy) notifier.alive();
    if (found.isHealthy && !wasHealthy) notifier.status("healthy again");
    if (!found.isHealthy && wasHealthy) notifier.status(`unhealthy: ${found.reason}`);
    wasHealthy = found.isHealthy;
  };
  look();
  const timer = setInterval(look, intervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
