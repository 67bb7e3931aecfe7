import type { SignedHead } from "@holdfast/kernel/head";
import { type Database, retried } from "./database.ts";
import { StorageRefused } from "./storage-refused.ts";
import { hasRelation } from "./postgres-head.ts";
import { markOf } from "./same-head.ts";

/** Name of the lease that nobody takes over but another run of the same copy: as long as it stands, there is no ledger. */
const NAME = "copy";

/** Which ledger is being copied into this database, in a sentence for whoever wants to start a server on it. */
export async function unfinishedCopy(database: Database): Promise<string | undefined> {
  const mark = await foundMark(database);
  if (mark === undefined) return undefined;
  const [origin, size] = mark.split(" ");
  return `A copy of ${String(origin)} (${String(size)} entries) was begun in this database and is not finished.`;
}

/** The mark of a copy that was begun and not published; undefined when there is none, or no schema. */
export async function foundMark(database: Database): Promise<string | undefined> {
  if (!(await hasRelation(database, "leases"))) return undefined;
  const { rows } = await database.query("SELECT holder FROM holdfast.leases WHERE name = $1", [NAME]);
  return rows[0]?.["holder"] as string | undefined;
}

/** This run's hold on an unfinished copy: each run has a term of its own, so that an earlier one, not quite dead, is fenced. */
export class CopyMark {
  readonly #database: Database;
  readonly #mark: string;
  #term = 0;

  constructor(database: Database, head: SignedHead) {
    this.#database = database;
    this.#mark = markOf(head);
  }

  /** Begins a copy, or takes over the one of an earlier run. */
  async take(): Promise<void> {
    const sql = `INSERT INTO holdfast.leases AS held (name, holder, term, expires_at) VALUES ($1, $2, 1, 'infinity')
      ON CONFLICT (name) DO UPDATE SET term = held.term + 1 WHERE held.holder = excluded.holder RETURNING term`;
    const { rows } = await this.#database.query(sql, [NAME, this.#mark]);
    if (rows[0] === undefined) throw takenOver();
    this.#term = Number(rows[0]["term"]);
  }

  /** A transaction that stands only while no other run has taken over. */
  fenced<T>(work: () => Promise<T>): Promise<T> {
    return retried(this.#database, async () => {
      const sql = "SELECT 1 FROM holdfast.leases WHERE name = $1 AND holder = $2 AND term = $3 FOR UPDATE";
      const { rows } = await this.#database.query(sql, [NAME, this.#mark, this.#term]);
      if (rows.length === 0) throw takenOver();
      return work();
    });
  }

  /** The copy is finished: from now on servers may start. */
  async remove(): Promise<void> {
    const sql = "DELETE FROM holdfast.leases WHERE name = $1 AND holder = $2";
    await this.#database.query(sql, [NAME, this.#mark]);
  }
}

const takenOver = (): StorageRefused =>
  new StorageRefused("target_in_use", "Another copy into this database has taken over.", "Wait until it has ended.");
