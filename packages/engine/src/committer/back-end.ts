import type { SignedHead } from "@holdfast/kernel/head";
import type { Table } from "../table.ts";
import type { Reply, Request } from "./protocol.ts";

/** A running writer as the main thread sees it. */
export interface WriterThread {
  post(request: Request): void;
  terminate(): void;
}

export interface WriterEvents {
  readonly reply: (reply: Reply) => void;
  /** The thread is gone; comes once, after the last reply. */
  readonly exit: (cause: Error | undefined) => void;
}

/** What stands behind a committer: SQLite, or a database that several nodes share. */
export interface WriterBackEnd {
  readonly tables: readonly Table[];
  /**
   * Other nodes write too: the writer is told footprints and judges them itself, at the moment at which nobody else can
   * write, and whatever is cached falls when the writer was lost.
   */
  readonly isShared: boolean;
  /** `head`: the newest that was acknowledged, which the database has to contain. */
  start(head: SignedHead | undefined, events: WriterEvents): WriterThread;
}
