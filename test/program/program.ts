import { fileURLToPath } from "node:url";
import { compiledVariable, measuredVariable, programVariable } from "./variables.ts";

/** What a test starts with Node, and what its environment needs beside that of the test. */
export interface Program {
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
}

const fileOf = (path: string): string => fileURLToPath(new URL(`../../packages/cli/${path}`, import.meta.url));

/** Compiled once, for all processes of a run: a home that is new with each test keeps nothing. */
const compiled = { NODE_COMPILE_CACHE: process.env[compiledVariable] ?? "" };

/** What runs a bundle covers no source: writing and reading that down would be for nothing. */
const unmeasured = { ...compiled, NODE_V8_COVERAGE: "" };

/** The command with all that it loads, as the sources have it. */
export const fromSources: Program = { main: fileOf("bin/from-sources.mjs"), env: compiled };

/** The command as users have it: it loads the server's sources where it needs them. */
export const shipped: Program = { main: fileOf("dist/holdfast.cjs"), env: unmeasured };

/** The command and the server in one bundle, which starts twice as fast; the agent is the one that users have. */
export const bundled: Program = { main: process.env[programVariable] ?? fromSources.main, env: unmeasured };

/** The sources in the project that measures them, for tests that lead through all of them; in others the bundle. */
export const measured: Program = process.env[measuredVariable] === undefined ? bundled : fromSources;
