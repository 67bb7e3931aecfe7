import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, the longest first, as a run without a memory of the last one cannot know. */
const long = [
  "test/faults/kill.test.ts",
  "test/faults/cluster.test.ts",
  "test/deploy.test.ts",
  "test/faults/door.test.ts",
  "test/cli/migrate-ended.test.ts",
  "test/faults/damage.test.ts",
  "test/agent/start.test.ts",
  "test/faults/tamper.test.ts",
  "test/cli/migrate.test.ts",
  "test/faults/start.test.ts",
  "packages/postgres/src/committer.test.ts",
  "packages/server/src/main/nodes.postgres.test.ts",
  "packages/agent/src/sources/kernel-sources.test.ts",
];

/** Starts with what takes long, so that no worker is left alone with it at the end. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = long.findIndex((path) => moduleId.endsWith(`/${path}`));
      return rank < 0 ? long.length : rank;
    };
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
