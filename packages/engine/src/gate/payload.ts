import { toHex } from "@holdfast/kernel/bytes";
import type { HashedChange } from "../submission.ts";
import type { Cell } from "../table.ts";

/** What a payload says of an operation beside its entry; names and addresses, never a value. */
export interface PayloadFacts {
  readonly op: string;
  readonly from: string;
  readonly credential?: string | undefined;
  readonly name?: string | undefined;
  readonly node: string;
  readonly request?: string;
  readonly trace?: string | undefined;
  readonly rule?: string | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

const cell = (value: Cell): string | number | null => (value instanceof Uint8Array ? toHex(value) : value);

function changeOf({ change, hash }: HashedChange): readonly unknown[] {
  if ("delete" in change) {
    const key = change.delete.key.map((column) => cell(change.key[column] ?? null));
    return [change.delete.name, key, "delete", toHex(hash)];
  }
  const key = change.put.key.map((column) => cell(change.row[column] ?? null));
  return [change.put.name, key, "put", toHex(hash)];
}

/** The payload of an entry as JSON bytes; undefined members stay out. */
export function payloadBytes(facts: PayloadFacts, changes: readonly HashedChange[]): Uint8Array {
  return Buffer.from(JSON.stringify(changes.length === 0 ? facts : { ...facts, changes: changes.map(changeOf) }));
}
