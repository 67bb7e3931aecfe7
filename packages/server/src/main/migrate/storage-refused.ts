/** Why a command on storage does nothing, or ends: nothing of the source of a move has been touched. */
export type StorageRefusedCode =
  /** There is no ledger to move. */
  | "source_empty"
  /** A server works on it. */
  | "source_in_use"
  /** It went on while it was copied. */
  | "source_changed"
  /** It holds something that the target cannot hold. */
  | "source_unfit"
  /** It holds another ledger, or another state of this one. */
  | "target_foreign"
  /** It holds data that no ledger explains. */
  | "target_not_empty"
  /** A copy was begun there from another ledger, or from another state of this one. */
  | "target_begun"
  /** Another process is copying to it. */
  | "target_in_use"
  /** No setting says which database. */
  | "not_configured"
  /** The database has no schema of ours yet. */
  | "schema_missing"
  /** The role that connects may not do that. */
  | "not_allowed"
  /** Not a role that nodes may connect as. */
  | "role_unfit";

export class StorageRefused extends Error {
  override readonly name = "StorageRefused";
  readonly code: StorageRefusedCode;
  /** What to do. */
  readonly hint: string;

  constructor(code: StorageRefusedCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.hint = hint;
  }
}
