/** Names the folder in which `build.ts` put what it built: set for all tests that may start it. */
export const programsVariable = "HOLDFAST_TEST_PROGRAMS";

/** Node's own name for the folder in which it keeps what it compiled. */
export const compiledVariable = "NODE_COMPILE_CACHE";

/** Set by projects in `vitest.config.ts` in which what runs from its sources is measured. */
export const measuredVariable = "HOLDFAST_TEST_MEASURED";
