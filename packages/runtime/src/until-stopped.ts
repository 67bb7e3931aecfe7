/** Closer together two signals are one: npm hands on the Ctrl-C that the terminal has sent to its child already. */
const APART_MS = 500;

/** A second signal ends the process at once: whoever presses Ctrl-C twice means it, and the ledger recovers. */
export function untilStopped(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      const stoppedAtMs = performance.now();
      const end = (code: number) => () => {
        if (performance.now() - stoppedAtMs >= APART_MS) process.exit(code);
      };
      process.on("SIGINT", end(130));
      process.on("SIGTERM", end(143));
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
