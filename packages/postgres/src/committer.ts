import type { GroupDependencies, GroupOptions } from "@holdfast/engine";
import { GroupCommitter, startWorker, type WriterBackEnd } from "@holdfast/engine/back-end";
import type { PostgresWriterOptions } from "./writer.ts";

/** What a node's committer is told, beside what any is. */
export type PostgresCommitterOptions = GroupOptions & PostgresWriterOptions;

/**
 * The committer of one node of several: many operations, one statement, one transaction. Same interface and promises as
 * SQLite's (packages/engine/src/sqlite/committer.ts); correctness rests on the fenced update of the one head alone.
 * Rejects with the StorageFault that forbids to go on.
 */
export async function createPostgresCommitter(
  options: PostgresCommitterOptions,
  dependencies: GroupDependencies = {},
): Promise<GroupCommitter> {
  const { settings, node, tables, origin, signingSeed, stateKey, known } = options;
  const backEnd: WriterBackEnd = {
    tables,
    isShared: true,
    start: (head, events) => {
      const seen = head === undefined ? known : [...known, { size: head.size, root: head.root }];
      const told: PostgresWriterOptions = { settings, node, tables, origin, signingSeed, stateKey, known: seen };
      return startWorker(new URL("worker.ts", import.meta.url), told, events);
    },
  };
  const committer = new GroupCommitter(backEnd, options, dependencies, () => undefined);
  await committer.open();
  return committer;
}
