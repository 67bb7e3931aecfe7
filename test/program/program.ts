import { join } from "node:path";
import { placeIn, programs } from "./place.ts";
import { compiledVariable, measuredVariable, programsVariable } from "./variables.ts";

/** What a test starts with Node, and what its environment needs beside that of the test. */
export interface Program {
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "..", "..");
/** None outside vitest, as in `npm run faults`. */
const folder = process.env[programsVariable];
const cache = process.env[compiledVariable];

/** Compiled once, for all processes of a run: a home that is new with each test keeps nothing. */
const compiled = cache === undefined ? {} : { [compiledVariable]: cache };

/** What runs a bundle covers no source: writing and reading that down would be for nothing. */
const unmeasured = { ...compiled, NODE_V8_COVERAGE: "" };

/** The command with all that it loads, as the sources have it. */
export const fromSources: Program = { main: join(root, "packages/cli/bin/from-sources.mjs"), env: compiled };

/** The command as users have it: it loads the server's sources where it needs them. */
export const shipped: Program = { main: join(root, "packages/cli/dist/holdfast.cjs"), env: unmeasured };

/** The command and the server in one bundle, which starts twice as fast; the agent is the one that users have. */
export const bundled: Program = {
  main: folder === undefined ? shipped.main : placeIn(folder, programs.command),
  env: unmeasured,
};

/** Takes alerts in and delivers them, as an agent does. */
export const notifying: Program = {
  main: folder === undefined ? join(root, programs.notifying) : placeIn(folder, programs.notifying),
  env: unmeasured,
};

/** The sources in projects that measure them, for tests that lead through all of them; in others the bundle. */
export const measured: Program = process.env[measuredVariable] === undefined ? bundled : fromSources;
