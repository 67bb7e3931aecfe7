/** Why an installation is not moved; nothing of the source has been touched, and the target is no ledger yet. */
export type MoveRefusedCode =
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
  | "target_in_use";

export class MoveRefused extends Error {
  override readonly name = "MoveRefused";
  readonly code: MoveRefusedCode;
  /** What to do. */
  readonly hint: string;

  constructor(code: MoveRefusedCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
