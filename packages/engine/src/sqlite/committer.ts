/**
 * The SQLite committer: many operations, one transaction, one fsync. Interface of this page:
 *
 *     const committer = await createCommitter({
 *       path, tables, origin, signingSeed, stateKey,       // what the database is and which keys bind it
 *       known: [{ size, root }], mustExist: true,          // heads and checkpoints seen elsewhere; no new database
 *       onCommitted: ({ writes, position }) => cache.drop(writes),
 *       onEvent: (event) => log(event),                    // loud: recoveries, failed batches, a clock set back …
 *       publish: [publishToFile(path)],                    // each checkpoint, once it is persisted
 *     });
 *
 *     committer.admission()        // undefined, or the Refusal to answer with before any work is done
 *     committer.submit(s)          // → { status: "committed", seq, time } | { "stale", key } | { "conflict", table }
 *                                  // rejects with Refusal `overloaded`, `storage_failed` or `internal` (bad change)
 *     committer.position           // ledger size that is visible; `seen` of a plan is read from here
 *     committer.pending(table, key)// the row as the queue will leave it, null (deleted) or undefined (untouched)
 *     committer.head               // newest signed head;  .checkpoint: newest persisted checkpoint
 *     committer.queue              // { depth, bytes, ageMs }, for metrics; `onEvent` has a "batch" event for each batch
 *     await committer.checkpointNow()  // the newest checkpoint, over everything that is committed
 *     await committer.truncateWal()// true when nothing overwritten survives in the write-ahead log (shredding)
 *     await committer.close()      // waits for the queue, issues the last checkpoint
 *
 * Order of one commit: entry and changes durable → `onCommitted` → `position` moves → promises resolve.
 *
 * A plan is stale when a key it read changed at or after `seen`: against earlier batches that is judged here, where one
 * batch is in flight at a time and the window knows all of them; within a batch by the writer, by index. An operation
 * whose result was lost with the writer is never written again: it fails with `storage_failed`, the head is read back
 * from the database, and every plan from before is stale.
 */
import type { WriterBackEnd } from "../committer/back-end.ts";
import { GroupCommitter } from "../committer/group-committer.ts";
import { lockInstance } from "./instance-lock.ts";
import { type CommitterDependencies, type CommitterOptions, writerOptionsOf } from "./options.ts";
import { startWriterThread } from "./writer-thread.ts";

/** Opens the database in a writer thread of its own; rejects with the StorageFault that forbids it. */
export async function createCommitter(
  options: CommitterOptions,
  dependencies: CommitterDependencies = {},
): Promise<GroupCommitter> {
  const { startWriter = startWriterThread, recordEntries = true } = dependencies;
  const unlock = lockInstance(options.path);
  const backEnd: WriterBackEnd = {
    tables: options.tables,
    isShared: false,
    start: (head, events) => startWriter(writerOptionsOf(options, head, recordEntries), events),
  };
  const committer = new GroupCommitter(backEnd, options, dependencies, unlock);
  try {
    await committer.open();
    return committer;
  } catch (error) {
    unlock();
    throw error;
  }
}

export type { GroupCommitter } from "../committer/group-committer.ts";
export type { Committed } from "../committer/options.ts";
export type { CommitterOptions } from "./options.ts";
