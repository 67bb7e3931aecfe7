import { toHex } from "@holdfast/kernel/bytes";
import type { RawRow } from "../committer/row.ts";
import type { Table } from "../table.ts";

/** A row, or a payload (table `entries`, key its seq), that the ledger does not explain. */
export interface Unexplained {
  readonly table: string;
  readonly key: string;
  readonly reason:
    | "mac_invalid"
    | "no_entry"
    | "hash_mismatch"
    | "rolled_back"
    | "row_missing"
    | "deleted_row_back"
    | "index_mismatch"
    | "payload_missing"
    | "payload_damaged";
}

export const MAX_UNEXPLAINED = 1_000;

/** What a state check has found, each row or payload once. */
export class Findings {
  readonly #found = new Map<string, Unexplained>();

  /** The first reason for a row is the one that counts. */
  report(unexplained: Unexplained): void {
    const id = `${unexplained.table} ${unexplained.key}`;
    if (this.#found.size < MAX_UNEXPLAINED && !this.#found.has(id)) this.#found.set(id, unexplained);
  }

  reportRow(table: Table, raw: RawRow, reason: Unexplained["reason"]): void {
    const cells = table.key.map((name) => {
      const cell = raw[name];
      return cell instanceof Uint8Array ? toHex(cell) : cell;
    });
    this.report({ table: table.name, key: JSON.stringify(cells), reason });
  }

  reportPayload(seq: number, reason: Unexplained["reason"]): void {
    this.report({ table: "entries", key: String(seq), reason });
  }

  list(): readonly Unexplained[] {
    return [...this.#found.values()];
  }
}
