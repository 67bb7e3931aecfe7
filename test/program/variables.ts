/** Names the program that `build.ts` made: set for all tests that may start one. */
export const programVariable = "HOLDFAST_TEST_PROGRAM";

/** Names the folder in which processes of tests keep what they compiled, for those after them. */
export const compiledVariable = "HOLDFAST_TEST_COMPILED";

/** Set by a project in `vitest.config.ts` whose servers, agents and commands are measured, and so run from their sources. */
export const measuredVariable = "HOLDFAST_TEST_MEASURED";
