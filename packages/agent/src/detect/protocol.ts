import type { SandboxFeature } from "../sandbox/report.ts";
import type { User } from "../sandbox/privileges.ts";

/** A value in a result. Whole numbers beyond 2^53 come as their digits, binary values in hex, infinities as text. */
export type Cell = string | number | null;

/** Rows of a table that a statement sees: `after` < seq ≤ `upTo`, and of events those at or after `since` (Unix time). */
export interface RowBounds {
  readonly after: number;
  readonly upTo: number;
  readonly since?: number;
}

/** What the executor's process is told as it starts; it stands in its arguments and holds no secret. */
export interface ChildOptions {
  readonly databasePath: string;
  readonly tables: readonly ChildTable[];
  /** Functions that statements may call. */
  readonly functions: readonly string[];
  readonly user: User | undefined;
  readonly memoryBytes: number;
  readonly nativeFiles: readonly string[];
  /** The module that runs, the folder that it and what it imports stand in, and the flags of the Node that runs it. */
  readonly entry: string;
  readonly programFolder: string;
  readonly flags: readonly string[];
  /** Lines of defence that are switched off. */
  readonly without: readonly string[];
  /** What was locked down before this process began. */
  readonly features: readonly SandboxFeature[];
}

export interface ChildTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface ResultLimits {
  readonly maxRows: number;
  /** Of the whole result, as it is sent. */
  readonly maxBytes: number;
  /** Characters of one value. */
  readonly maxCellLength: number;
}

export interface RunRequest extends ResultLimits {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly Cell[];
  readonly bounds: Readonly<Record<string, RowBounds>>;
}

/** Answers come in the order of the requests. */
export type ChildMessage =
  | { readonly kind: "ready"; readonly features: readonly SandboxFeature[] }
  | RunReply
  | { readonly kind: "failed"; readonly id: number; readonly code: ChildErrorCode; readonly message: string };

export interface RunReply {
  readonly kind: "rows";
  readonly id: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly isTruncated: boolean;
  readonly durationMs: number;
}

/** What the process itself can say of a failure; `unavailable`: the database cannot be read. */
export type ChildErrorCode = "memory" | "refused" | "sql" | "unavailable";

/** A request is as long as the longest statement that is admitted, with room for its parameters. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
/** A result as large as it may be, and the names of its columns. */
export const MAX_REPLY_BYTES = 5 * 1024 * 1024;
