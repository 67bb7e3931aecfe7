/** What the interpreter may use of its own; the result of a query is a few megabytes of it at most. */
const HEAP_MEGABYTES = 32;

/**
 * How the Node of the executor is started: it interprets only (no memory becomes code, and 512 MB of reserved addresses
 * less), on one thread, with a small heap, and cannot be made to open a debugger.
 */
export const childFlags: readonly string[] = [
  "--jitless",
  "--single-threaded",
  "--v8-pool-size=1",
  "--max-semi-space-size=1",
  `--max-old-space-size=${HEAP_MEGABYTES}`,
  "--expose-gc",
  "--disable-sigusr1",
  "--no-warnings",
];

/** Nothing of the agent's own environment, where its secrets may stand. */
export const childEnvironment: Readonly<Record<string, string>> = { TZ: "UTC", LC_ALL: "C" };
