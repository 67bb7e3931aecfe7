import type { Table } from "@holdfast/engine";
import { withoutVersion } from "@holdfast/engine/back-end";
import { parseEntry } from "@holdfast/kernel/entry";
import type { SignedHead } from "@holdfast/kernel/head";
import { SQL_TYPES } from "@holdfast/postgres";
import { CopyMark, foundMark } from "./copy-mark.ts";
import type { CopiedRow, CopyTarget, TargetState } from "./copy.ts";
import type { Database } from "./database.ts";
import { StorageRefused } from "./storage-refused.ts";
import { hasRelation, headOf } from "./postgres-head.ts";
import { checkpoints, columnList, entries, keyList, type Relation, relationOf, tiles } from "./relation.ts";
import { isSameHead, markOf } from "./same-head.ts";
import { insistFit } from "./unfit-row.ts";

const DROP = "If nothing in it is needed, drop it with DROP SCHEMA holdfast CASCADE, and run this again.";

export interface PostgresTargetOptions {
  /** Connected as the owner of the schema, or as one who may make it. */
  readonly database: Database;
  readonly tables: readonly Table[];
  /** Brings the schema up to date. */
  readonly migrate: () => Promise<void>;
}

/**
 * A database that is no ledger for any server until `publish`: the lease `copy` says so, and which ledger it will be. The
 * ledger's own tables let nothing be taken back, so that a copy of another state has to be dropped by whoever owns it.
 */
export class PostgresTarget implements CopyTarget {
  readonly #options: PostgresTargetOptions;
  readonly #database: Database;
  readonly #months = new Set<string>();
  #mark: CopyMark | undefined;

  constructor(options: PostgresTargetOptions) {
    this.#options = options;
    this.#database = options.database;
  }

  async inspect(head: SignedHead): Promise<TargetState> {
    const found = await headOf(this.#database);
    const mark = await foundMark(this.#database);
    if (found !== undefined) return this.#complete(found, head);
    if (mark !== undefined) return this.#begun(mark, head);
    await this.#insistEmpty();
    return "empty";
  }

  #complete(found: SignedHead, head: SignedHead): TargetState {
    if (isSameHead(found, head)) return "copied";
    throw new StorageRefused(
      "target_foreign",
      found.origin === head.origin
        ? `The database holds another state of this ledger: ${found.size} entries instead of ${head.size}.`
        : `The database holds another ledger, ${found.origin}.`,
      "Name another database in HOLDFAST_STORAGE_URL; what is there is never written over.",
    );
  }

  #begun(mark: string, head: SignedHead): TargetState {
    if (mark === markOf(head)) return "begun";
    const isSameLedger = mark.startsWith(`${head.origin} `);
    throw new StorageRefused(
      "target_begun",
      `A copy of ${isSameLedger ? "an earlier state of this ledger" : "another ledger"} was begun in the database.`,
      DROP,
    );
  }

  async #insistEmpty(): Promise<void> {
    for (const { name } of [entries, tiles, checkpoints, ...this.#options.tables.map(relationOf)]) {
      if (!(await hasRelation(this.#database, name))) continue;
      const { rows } = await this.#database.query(`SELECT 1 AS found FROM holdfast."${name}" LIMIT 1`);
      if (rows.length === 0) continue;
      throw new StorageRefused("target_not_empty", `The database holds rows in ${name}, and no ledger.`, DROP);
    }
  }

  async begin(head: SignedHead): Promise<TargetState> {
    // Looked at before anything is changed: the schema of another ledger is not ours to bring up to date.
    await this.inspect(head);
    await this.#options.migrate();
    const state = await this.inspect(head);
    this.#mark = new CopyMark(this.#database, head);
    if (state !== "copied") await this.#mark.take();
    return state;
  }

  async last(relation: Relation): Promise<CopiedRow | undefined> {
    const order = relation.key.map((name) => `"${name}" DESC`).join(", ");
    const sql = `SELECT ${keyList(relation)} FROM holdfast."${relation.name}" ORDER BY ${order} LIMIT 1`;
    return (await this.#database.query(sql)).rows[0];
  }

  async count({ name }: Relation): Promise<number> {
    const { rows } = await this.#database.query(`SELECT count(*) AS n FROM holdfast."${name}"`);
    return Number(rows[0]?.["n"]);
  }

  async write(relation: Relation, rows: readonly CopiedRow[]): Promise<void> {
    insistFit(relation, rows);
    if (relation === entries) return this.#writeEntries(rows);
    await this.#begunMark.fenced(() => this.#insert(relation, rows));
  }

  /** Beside the bytes, what queries go by. */
  async #writeEntries(rows: readonly CopiedRow[]): Promise<void> {
    const indexed = rows.map((row) => ({ ...row, ...indexColumns(row["bytes"] as Uint8Array) }));
    await this.#ensurePartitions(indexed.map(({ time }) => time));
    await this.#begunMark.fenced(() => this.#insert(indexedEntries, indexed));
  }

  async #ensurePartitions(times: readonly string[]): Promise<void> {
    for (const month of new Set(times.map((time) => time.slice(0, "2000-01".length)))) {
      if (this.#months.has(month)) continue;
      await this.#database.query("SELECT holdfast.ensure_partition($1::date)", [`${month}-01`]);
      this.#months.add(month);
    }
  }

  async #insert(relation: Relation, rows: readonly CopiedRow[]): Promise<void> {
    if (rows.length === 0) return;
    const arrays = relation.columns.map(({ name, type }, index) => {
      const sqlType = relation === indexedEntries && name === "time" ? "timestamptz" : SQL_TYPES[type];
      return `$${index + 1}::${sqlType}[]`;
    });
    const cells = relation.columns.map(({ name }) => rows.map((row) => row[name] ?? null));
    const sql = `INSERT INTO holdfast."${relation.name}" (${columnList(relation)}) SELECT * FROM unnest(${arrays.join(", ")})`;
    await this.#database.query(sql, cells);
  }

  async finish(head: SignedHead, last: readonly CopiedRow[]): Promise<void> {
    const { size, chain, root, epoch, origin, signature } = head;
    const sql = `INSERT INTO holdfast.head (id, size, chain, root, epoch, origin, signature)
      VALUES (0, $1, $2, $3, $4, $5, $6)`;
    await this.#begunMark.fenced(async () => {
      await this.#insert(checkpoints, last);
      await this.#database.query(sql, [size, chain, root, epoch, origin, signature]);
    });
  }

  async publish(): Promise<void> {
    await this.#begunMark.remove();
  }

  close(): Promise<void> {
    return this.#database.end();
  }

  get #begunMark(): CopyMark {
    if (this.#mark === undefined) throw new Error("The copy has not been begun.");
    return this.#mark;
  }
}

const text = (name: string) => ({ name, type: "text", isOptional: false }) as const;

const indexedEntries: Relation = {
  ...entries,
  columns: [...entries.columns, ...["time", "tenant", "actor", "action", "resource", "outcome"].map(text)],
};

/** Of the entry's own words; a resource stands without its version. */
function indexColumns(bytes: Uint8Array) {
  const { time, tenant, actor, action, resource, outcome } = parseEntry(bytes);
  return { time, tenant, actor, action, resource: withoutVersion(resource), outcome };
}
