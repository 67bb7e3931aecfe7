/** Names the folder in which `build.ts` put what it built: set for all tests that may start it. */
export const programsVariable = "HOLDFAST_TEST_PROGRAMS";

/** Set by the project in `vitest.config.ts` in which what runs from its sources is measured. */
export const measuredVariable = "HOLDFAST_TEST_MEASURED";
