import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openWriteConnection, StorageFault, type Table } from "@holdfast/engine";
import { createTables, lockInstance, migrate, openReadConnection } from "@holdfast/engine/sqlite-file";
import type { SignedHead } from "@holdfast/kernel/head";
import { openDataFolder } from "../data-folder.ts";
import { BlockFilters } from "./block-filters.ts";
import type { CopiedRow, CopyTarget, TargetState } from "./copy.ts";
import { StorageRefused } from "./storage-refused.ts";
import { unpublishedOf } from "@holdfast/spine";
import { checkpoints, columnList, entries, keyList, type Relation } from "./relation.ts";
import { isSameHead, markOf } from "./same-head.ts";
import { hasTable, headIn, headOf } from "./sqlite-head.ts";

/**
 * A database that is made under another name, where no server looks for it, and gets its own only by `publish`. The table
 * `copy` says which ledger it is a copy of until the head does.
 */
export class SqliteTarget implements CopyTarget {
  readonly path: string;
  /** Where it is until it is published. */
  readonly unpublished: string;
  readonly #tables: readonly Table[];
  #unlock: (() => void) | undefined;
  #open: DatabaseSync | undefined;
  #filters: BlockFilters | undefined;

  constructor(path: string, tables: readonly Table[]) {
    this.path = path;
    this.unpublished = unpublishedOf(path);
    this.#tables = tables;
  }

  /** The name of the file that holds the ledger now. */
  get ledger(): string {
    return existsSync(this.path) ? this.path : this.unpublished;
  }

  inspect(head: SignedHead): Promise<TargetState> {
    if (existsSync(this.path)) return Promise.resolve(this.#publishedState(head));
    return Promise.resolve(existsSync(this.unpublished) ? "begun" : "empty");
  }

  #publishedState(head: SignedHead): "copied" {
    const found = headIn(this.path);
    if (found !== undefined && isSameHead(found, head)) return "copied";
    const isSameLedger = found?.origin === head.origin;
    throw new StorageRefused(
      "target_foreign",
      isSameLedger
        ? `${this.path} holds another state of this ledger: ${found.size} entries instead of ${head.size}.`
        : `${this.path} exists and is not a copy of this ledger.`,
      "Name another folder with --data-dir; what is there is never written over.",
    );
  }

  begin(head: SignedHead): Promise<TargetState> {
    openDataFolder(dirname(this.path));
    this.#unlock = this.#locked();
    if (existsSync(this.path)) {
      const state = this.#publishedState(head);
      this.#open = openReadConnection(this.path);
      return Promise.resolve(state);
    }
    return Promise.resolve(this.#openCopy(head) ?? this.#newCopy(head));
  }

  #locked(): () => void {
    try {
      return lockInstance(this.path);
    } catch (cause) {
      if (!(cause instanceof StorageFault) || cause.code !== "database_in_use") throw cause;
      throw new StorageRefused(
        "target_in_use",
        `A server, or another copy, works on ${this.path}.`,
        "Wait until it has ended, or name another folder with --data-dir.",
      );
    }
  }

  /** What an earlier run left, when it is of the same state of the same ledger; else it is of no use to anyone. */
  #openCopy(head: SignedHead): TargetState | undefined {
    if (!existsSync(this.unpublished)) return undefined;
    const database = openWriteConnection(this.unpublished);
    const found = headOf(database);
    const isCopied = found !== undefined && isSameHead(found, head);
    if (isCopied || markIn(database) === markOf(head)) {
      this.#open = database;
      if (isCopied) settle(database);
      return isCopied ? "copied" : "begun";
    }
    database.close();
    this.#remove();
    return undefined;
  }

  #newCopy(head: SignedHead): TargetState {
    const database = openWriteConnection(this.unpublished);
    inTransaction(database, () => {
      migrate(database);
      createTables(database, this.#tables);
      database.exec("CREATE TABLE copy (mark TEXT NOT NULL) STRICT");
      database.prepare("INSERT INTO copy (mark) VALUES (?)").run(markOf(head));
    });
    this.#open = database;
    return "empty";
  }

  last(relation: Relation): Promise<CopiedRow | undefined> {
    const keys = keyList(relation);
    const order = relation.key.map((name) => `"${name}" DESC`).join(", ");
    const row = this.#database.prepare(`SELECT ${keys} FROM "${relation.name}" ORDER BY ${order} LIMIT 1`).get();
    return Promise.resolve(row as CopiedRow | undefined);
  }

  count({ name }: Relation): Promise<number> {
    return Promise.resolve(Number(this.#database.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.["n"]));
  }

  write(relation: Relation, rows: readonly CopiedRow[]): Promise<void> {
    inTransaction(this.#database, () => this.#insert(relation, rows));
    return Promise.resolve();
  }

  #insert(relation: Relation, rows: readonly CopiedRow[]): void {
    const { name, columns } = relation;
    // Before the first of them: it takes up what an earlier run has left.
    if (relation === entries) this.#filters ??= new BlockFilters(this.#database);
    const marks = columns.map(() => "?").join(", ");
    const insert = this.#database.prepare(`INSERT INTO "${name}" (${columnList(relation)}) VALUES (${marks})`);
    for (const row of rows) {
      insert.run(...columns.map((column) => row[column.name] ?? null));
    }
    if (relation !== entries) return;
    for (const row of rows) this.#filters?.add(row["bytes"]);
  }

  finish(head: SignedHead, last: readonly CopiedRow[]): Promise<void> {
    const { size, chain, root, epoch, origin, signature } = head;
    const database = this.#database;
    inTransaction(database, () => {
      this.#insert(checkpoints, last);
      database.exec("DROP TABLE copy");
      database
        .prepare("INSERT INTO head (id, size, chain, root, epoch, origin, signature) VALUES (0, ?, ?, ?, ?, ?, ?)")
        .run(size, chain, root, epoch, origin, signature);
    });
    settle(database);
    return Promise.resolve();
  }

  /** Gives the database its name, once all of it is on the disk. */
  publish(): Promise<void> {
    this.#closeDatabase();
    if (!existsSync(this.path)) this.#rename();
    return Promise.resolve();
  }

  #rename(): void {
    sync(this.unpublished);
    renameSync(this.unpublished, this.path);
    sync(dirname(this.path));
  }

  close(): Promise<void> {
    this.#closeDatabase();
    this.#unlock?.();
    this.#unlock = undefined;
    return Promise.resolve();
  }

  get #database(): DatabaseSync {
    if (this.#open === undefined) throw new Error("The copy has not been begun.");
    return this.#open;
  }

  #closeDatabase(): void {
    this.#open?.close();
    this.#open = undefined;
  }

  #remove(): void {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${this.unpublished}${suffix}`, { force: true });
  }
}

function markIn(database: DatabaseSync): string | undefined {
  if (!hasTable(database, "copy")) return undefined;
  return database.prepare("SELECT mark FROM copy").get()?.["mark"] as string | undefined;
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Takes the write-ahead log into the file and does without one from then on: the name alone has to lead to everything. */
function settle(database: DatabaseSync): void {
  const mode = database.prepare("PRAGMA journal_mode = DELETE").get()?.["journal_mode"];
  if (mode !== "delete") throw new StorageFault("write_failed", "The copy's write-ahead log could not be ended.");
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
