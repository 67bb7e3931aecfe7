import type { Table } from "@holdfast/engine";
import type { SignedHead } from "@holdfast/kernel/head";
import { SYSTEM_TABLES } from "@holdfast/postgres";
import { FINISH_COPY } from "@holdfast/spine";
import { foundMark } from "./copy-mark.ts";
import { type CopiedRow, type CopySource, MAX_SET_BYTES, MAX_SET_ROWS } from "./copy.ts";
import type { Database } from "./database.ts";
import { insistKnown, type StoredTables, storedTables } from "./insist-known.ts";
import { StorageRefused } from "./storage-refused.ts";
import { headOf } from "./postgres-head.ts";
import { columnList, keyList, type Relation } from "./relation.ts";
import { isSameHead } from "./same-head.ts";

/** A database whose nodes are stopped, read as of one moment over this connection, which is the copy's from now on. */
export async function openPostgresSource(database: Database, tables: readonly Table[]): Promise<CopySource> {
  const source = await readPostgres(database);
  await insistNobodyWorks(database);
  insistKnown(await tablesOf(database), tables, SYSTEM_TABLES);
  return source;
}

/** The same of one whose nodes may go on. */
export async function readPostgres(database: Database): Promise<CopySource> {
  await insistNotCopying(database);
  await database.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const head = await headOf(database);
  if (head !== undefined && head.size > 0) return new PostgresSource(database, head);
  throw new StorageRefused("source_empty", "There is no ledger in this database.", "Look at HOLDFAST_STORAGE_URL.");
}

async function tablesOf(database: Database): Promise<StoredTables> {
  const sql = `SELECT t.relname AS "table", c.attname AS "column" FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
    WHERE t.relnamespace = 'holdfast'::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition
      AND c.attnum > 0 AND NOT c.attisdropped`;
  return storedTables((await database.query(sql)).rows);
}

async function insistNotCopying(database: Database): Promise<void> {
  if ((await foundMark(database)) === undefined) return;
  throw new StorageRefused("source_empty", "The copy into this database is not finished.", FINISH_COPY);
}

/** A node that runs holds a lease for one of its duties. */
async function insistNobodyWorks(database: Database): Promise<void> {
  const { rows } = await database.query("SELECT holder FROM holdfast.leases WHERE expires_at > now() LIMIT 1");
  const holder = rows[0]?.["holder"];
  if (holder === undefined) return;
  throw new StorageRefused(
    "source_in_use",
    `A node runs on this database: ${String(holder).split(" ", 1)[0]} holds a lease.`,
    "Stop all nodes first; the lease of one that was killed ends by itself within seconds.",
  );
}

class PostgresSource implements CopySource {
  readonly head: SignedHead;
  readonly #database: Database;

  constructor(database: Database, head: SignedHead) {
    this.#database = database;
    this.head = head;
  }

  async count({ name }: Relation): Promise<number> {
    const { rows } = await this.#database.query(`SELECT count(*) AS n FROM holdfast."${name}"`);
    return Number(rows[0]?.["n"]);
  }

  async read(relation: Relation, after: CopiedRow | undefined): Promise<readonly CopiedRow[]> {
    const parameters = after === undefined ? [] : relation.key.map((column) => after[column] ?? null);
    return (await this.#database.query(pageSql(relation, after !== undefined), parameters)).rows;
  }

  /** Without a lease, too, somebody may have written since: what was read is as of its beginning. */
  async insistUnchanged(): Promise<void> {
    await this.#database.query("COMMIT");
    const head = await headOf(this.#database);
    await insistNobodyWorks(this.#database);
    if (head !== undefined && isSameHead(head, this.head)) return;
    throw new StorageRefused(
      "source_changed",
      "The ledger has gone on while it was copied: a node writes to it.",
      "Stop all nodes, then run this again.",
    );
  }

  close(): Promise<void> {
    return this.#database.end();
  }
}

/**
 * One set, bounded by rows and bytes; lengths are known without reading what is stored beside the row. No declared column
 * has capital letters.
 */
function pageSql(relation: Relation, hasAfter: boolean): string {
  const [columns, keys] = [columnList(relation), keyList(relation)];
  const marks = relation.key.map((_, index) => `$${index + 1}`).join(", ");
  const from = hasAfter ? `WHERE (${keys}) > (${marks})` : "";
  const sized = relation.columns.filter(({ type }) => type !== "integer");
  const bytes = ["0", ...sized.map(({ name }) => `coalesce(octet_length("${name}"), 0)`)].join(" + ");
  return `SELECT ${columns} FROM (
      SELECT *, sum("Bytes") OVER (ORDER BY ${keys} ROWS UNBOUNDED PRECEDING) - "Bytes" AS "Before" FROM (
        SELECT ${columns}, ${bytes} AS "Bytes" FROM holdfast."${relation.name}" ${from}
        ORDER BY ${keys} LIMIT ${MAX_SET_ROWS}
      ) AS found
    ) AS measured WHERE "Before" < ${MAX_SET_BYTES} ORDER BY ${keys}`;
}
