import type { Logger } from "./logger.ts";
import type { Change, Row, Table } from "./table.ts";

/** A JSON Schema as the catalogue emits it; the engine hands it to the validator unread. */
export type Schema = Readonly<Record<string, unknown>>;

/** One operation of the catalogue, as data (packages/contract emits it). */
export interface OperationDefinition {
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Route template such as `/api/secrets/{key}:history`. */
  readonly path: string;
  readonly aliases: readonly string[];
  /** Template parameters that may hold slashes. */
  readonly spans: readonly string[];
  /** null: any identified actor may ask, the operation decides each item itself. */
  readonly permission: PermissionRule | null;
  readonly input: {
    readonly params?: Schema;
    readonly query?: Schema;
    /** Headers that belong to this operation alone: `ifMatch`, `ifNoneMatch`. */
    readonly headers?: Schema;
    readonly body?: Schema;
  };
  readonly output?: { readonly mediaType: string };
  /** Statuses of success; the first is answered when the plan names none (200 when there is none). */
  readonly success?: readonly number[];
  /** `global` operations are refused to actors of a tenant, whatever they hold there. */
  readonly scope: "tenant" | "global";
  readonly mutation: boolean;
  /** Kind that an entry names when no single thing was acted on. */
  readonly entryResource: string;
}

export interface PermissionRule {
  readonly resource: string;
  readonly action: string;
  /** Input field that names the path; absent or empty for operations without one. */
  readonly path?: string;
}

/** Who calls, as a credential verifier found out; nothing here comes from the caller's own words. */
export interface Principal {
  /** Random id; what the ledger names. */
  readonly actor: string;
  /** The tenant the credential belongs to. */
  readonly tenant: string;
  readonly kind: "peer" | "token" | "internal";
  /** Accessor of the token, or `uid:1000`: never the secret itself. */
  readonly credential: string;
  readonly name?: string;
}

/** What a decision must say; the policy behind it may say more (`why`). */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
  readonly rule?: { readonly role: string; readonly permission: string } | undefined;
  readonly missing?: readonly string[];
}

export interface AccessRequest {
  readonly resource: string;
  readonly path: string;
  readonly action: string;
  readonly scope?: "tenant" | "global";
}

/** A row as stored: declared columns and the three that the committer owns. */
export interface StoredRow {
  readonly row: Row;
  readonly rev: number;
  readonly seq: number;
}

/**
 * Read access of a planning operation. Every cached read names its footprint key, and the committer refuses the
 * operation as stale when that key changed after planning began (docs/lifecycle.md).
 */
export interface Reads {
  /** The value under a footprint key: from the cache, or loaded once and cached until the key is written. */
  cached<T>(footprint: string, load: () => T | Promise<T>): T | Promise<T>;
  /** Names a footprint without caching a value. */
  touch(footprint: string): void;
  /** One verified row by key, not cached; undefined when absent. */
  row(table: Table, key: Row): StoredRow | undefined | Promise<StoredRow | undefined>;
  /**
   * The same row as it will stand once everything queued has been committed. It adds no footprint: the row version the
   * change expects is its guard, so that blind writes of one path can share a batch.
   */
  pending(table: Table, key: Row): StoredRow | undefined | Promise<StoredRow | undefined>;
  /**
   * The row once nothing queued touches it any more. A refusal must rest on this and not on `pending`: it changes no row
   * whose version would be its guard, and what it would rest on may never be committed.
   */
  settled(table: Table, key: Row): Promise<StoredRow | undefined>;
  /** Rows of a slice's own SQL over its own tables, each verified; list operations use it uncached. */
  rows(
    table: Table,
    sql: string,
    parameters: readonly (string | number | Uint8Array | null)[],
  ): readonly StoredRow[] | Promise<readonly StoredRow[]>;
}

/** Everything an operation may know; there are no globals. */
export interface Context {
  readonly operation: OperationDefinition;
  readonly principal: Principal;
  /** Tenant in which the operation acts; the fence has admitted the principal to it. */
  readonly tenant: string;
  readonly reads: Reads;
  /** Milliseconds since the epoch, fixed while the operation is planned. */
  readonly now: number;
  /** Ledger size at which planning began. */
  readonly seen: number;
  readonly requestId: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Decides one more item for the caller: list, tree and batch operations ask for each. */
  decide(request: AccessRequest): Decision | Promise<Decision>;
}

/** Bytes with a media type, for the few operations that answer with something other than JSON. */
export interface Binary {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What an operation plans; nothing has happened yet when it returns. */
export interface Plan {
  readonly output: unknown;
  readonly binary?: Binary;
  /** Success status when it is not the definition's first. */
  readonly status?: number;
  /** Version for the ETag header. */
  readonly etag?: number;
  readonly changes?: readonly Change[];
  readonly writes?: readonly string[];
  /** `kind:node-id@version` of the entry; the definition's resource without an id when absent. */
  readonly resource?: string;
  /** Facts for the sealed payload: names and paths, never a value. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Validated input, as the definition's schemas describe it. */
export interface Input {
  readonly params: Readonly<Record<string, string | number>>;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Version that If-Match names; 0 for `If-None-Match: *`. */
  readonly precondition?: number;
}

export type Run = (context: Context, input: Input) => Plan | Promise<Plan>;

export interface Operation {
  readonly definition: OperationDefinition;
  readonly run: Run;
}

/** Binds a definition to its handler; only the gate can run the result. */
export function implement(definition: OperationDefinition, run: Run): Operation {
  return { definition, run };
}
