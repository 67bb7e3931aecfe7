import type { GroupDependencies, GroupOptions } from "@holdfast/engine";
import {
  GroupCommitter,
  startWorker,
  type WriterBackEnd,
  type WriterEvents,
  type WriterThread,
} from "@holdfast/engine/back-end";
import type { PostgresWriterOptions } from "./writer.ts";

/** What a node's committer is told, beside what any is. */
export interface PostgresCommitterOptions extends GroupOptions, PostgresWriterOptions {
  /** Ends the writer wherever it is: what waits for it is refused, and from then on it can only be closed. */
  readonly givenUp?: AbortSignal;
}

/**
 * The committer of one node of several: many operations, one statement, one transaction. Same interface and promises as
 * SQLite's (packages/engine/src/sqlite/committer.ts); correctness rests on the fenced update of the one head alone.
 * Rejects with the StorageFault that forbids to go on.
 */
export async function createPostgresCommitter(
  options: PostgresCommitterOptions,
  dependencies: GroupDependencies = {},
): Promise<GroupCommitter> {
  const { settings, node, tables, origin, signingSeed, stateKey, known, givenUp } = options;
  const backEnd: WriterBackEnd = {
    tables,
    isShared: true,
    start: (head, events) => {
      const seen = head === undefined ? known : [...known, { size: head.size, root: head.root }];
      const told: PostgresWriterOptions = { settings, node, tables, origin, signingSeed, stateKey, known: seen };
      const start = (heard: WriterEvents) => startWorker(new URL("worker.ts", import.meta.url), told, heard);
      return givenUp === undefined ? start(events) : untilGivenUp(givenUp, events, start);
    },
  };
  const committer = new GroupCommitter(backEnd, options, dependencies, () => undefined);
  await committer.open();
  return committer;
}

function untilGivenUp(
  givenUp: AbortSignal,
  events: WriterEvents,
  start: (events: WriterEvents) => WriterThread,
): WriterThread {
  const end = () => thread.terminate();
  const exit = (cause: Error | undefined) => {
    givenUp.removeEventListener("abort", end);
    events.exit(cause);
  };
  const thread = start({ ...events, exit });
  if (givenUp.aborted) end();
  else givenUp.addEventListener("abort", end, { once: true });
  return thread;
}
