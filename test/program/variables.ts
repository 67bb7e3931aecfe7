/** Names the program that `build.ts` made: set for all tests that may start one. */
export const programVariable = "HOLDFAST_TEST_PROGRAM";

/** Names the folder in which processes of tests keep what they compiled, for those after them. */
export const compiledVariable = "HOLDFAST_TEST_COMPILED";

/** Set by the project in `vitest.config.ts` in which what runs from its sources is measured. */
export const measuredVariable = "HOLDFAST_TEST_MEASURED";
