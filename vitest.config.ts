import { defineConfig } from "vitest/config";
import { LongFirst } from "./test/long-first.ts";

/** Never executed in a test by design; each with its reason. Nothing else is left out of coverage. */
const notMeasured = [
  "packages/*/emitted/**", // generated from the catalogue, which is measured
  "packages/contract/src/emit/main.ts", // prints what the measured emitters return
  "**/*.d.ts", // types only
  "**/*.fixture.ts", // what tests are made of
];

/** Started, or built, once for all projects that say this, when one of their files runs. */
const postgres = "test/postgres/share.ts";
const program = "test/program/build.ts";

/** Of parts of the server that stand on a PostgreSQL. */
const nodesTests = "packages/server/src/**/*.postgres.test.ts";

/** About PostgreSQL alone, whichever back end the rest of a run is on. */
const needPostgres = ["test/postgres/**", "test/cluster.test.ts", "test/cli/migrate*.test.ts"];

/**
 * Alike on every back end: tools of tests; the client's side of a command; the agent, whose store is always its own; what is
 * shipped and the README, which start their servers themselves.
 */
const needNoStorage = [
  ...["deploy", "proxy", "readme", "cli/bundle", "cli/trust"].map((name) => `test/${name}.test.ts`),
  ...["agent", "linearizability", "notify"].map((name) => `test/${name}/**`),
];

/** What a project with this runs is skipped by name where no PostgreSQL can be had. */
const onPostgres = {
  globalSetup: [postgres, program] as string[],
  runner: "test/postgres/skip-runner.ts",
  setupFiles: "test/postgres/setup.ts",
  env: { HOLDFAST_TEST_STORAGE: "postgres", HOLDFAST_TEST_MEASURED: "yes" },
} as const;

/**
 * Temporary folders, sockets and servers of one test must never meet those of another. They wait for starts, disks and peers
 * for a third of their time: one more of them than there are cores keeps both busy.
 */
const isolated = { pool: "forks", maxWorkers: 3, testTimeout: 30_000, hookTimeout: 90_000 } as const;

export default defineConfig({
  test: {
    // The machine that checks has two cores, and libsodium, koffi and SQLite are native: processes, not threads.
    // End-to-end tests of all back ends and faults share the workers, so that none waits for another's last long file. Tests
    // of the way to a PostgreSQL, which end sessions there, have the shared one for themselves.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 10_000,
    hookTimeout: 20_000,
    allowOnly: false,
    globalSetup: ["test/program/compiled.ts"],
    setupFiles: ["test/coverage-files.ts"],
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["packages/postgres/**", nodesTests],
          // What a file leaves behind in its process is nothing that another one meets; loading everything anew for each of
          // 300 files would cost as much as all their tests.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          globalSetup: postgres,
          name: "unit-postgres",
          include: ["packages/postgres/src/**/*.test.ts", nodesTests],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...isolated,
          globalSetup: program,
          name: "e2e",
          env: { HOLDFAST_TEST_MEASURED: "yes" },
          include: ["test/**/*.test.ts"],
          exclude: ["test/faults/**", ...needPostgres],
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...isolated,
          ...onPostgres,
          name: "e2e-postgres",
          include: ["test/**/*.test.ts"],
          exclude: ["test/faults/**", ...needNoStorage],
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...isolated,
          ...onPostgres,
          name: "e2e-plain",
          include: ["registry", "tokens", "races", "idempotency", "coverage"].map((name) => `test/${name}.test.ts`),
          env: { HOLDFAST_TEST_STORAGE: "plain" },
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...isolated,
          globalSetup: [postgres, program],
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          testTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
    coverage: {
      provider: "v8",
      // The writer is a worker thread, and servers and commands are processes of their own.
      autoAttachSubprocess: true,
      reportOnFailure: true,
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", ...notMeasured],
      reporter: [["text", { skipFull: true }], "json-summary"],
      thresholds: {
        "packages/{contract,policy,client,runtime,spine,server,rules,notify,agent,cli}/src/**": { lines: 85 },
        "packages/postgres/src/**": { lines: 85 },
        "packages/kernel/src/**": { branches: 100 },
        "packages/engine/src/**": { branches: 100 },
        "packages/spine/src/keyring/**": { branches: 100 },
      },
    },
  },
});
