/** Closer together two signals are one: npm hands on the Ctrl-C that the terminal has sent to its child already. */
const APART_MS = 500;

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** A signal that ends a program. */
export type StopSignal = keyof typeof exitCodes;

/** A second signal ends the process at once: whoever presses Ctrl-C twice means it, and the ledger recovers. */
export function untilStopped(
  signal: AbortSignal | undefined,
  names: readonly StopSignal[] = ["SIGINT", "SIGTERM"],
): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      const stoppedAtMs = performance.now();
      for (const name of names) {
        process.on(name, () => {
          if (performance.now() - stoppedAtMs >= APART_MS) process.exit(exitCodes[name]);
        });
      }
      resolve();
    };
    for (const name of names) process.once(name, stop);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
