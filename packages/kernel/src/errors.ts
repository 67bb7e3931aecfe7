/** Public and stable; a test pins the list. */
export const kernelErrorCodes = [
  "encoding_invalid",
  "out_of_range",
  "id_invalid",
  "json_malformed",
  "json_too_large",
  "json_not_canonical",
  "value_too_large",
  "key_invalid",
  "entry_invalid",
  "head_invalid",
  "tile_invalid",
  "note_invalid",
  "checkpoint_invalid",
  "proof_invalid",
] as const;

export type KernelErrorCode = (typeof kernelErrorCodes)[number];

/** The kernel's one error class. Messages name rules, fields and positions, never the text or bytes around them. */
export class KernelError extends Error {
  override readonly name = "KernelError";
  readonly code: KernelErrorCode;
  /** Offset in the refused text, in UTF-16 units. */
  readonly position: number | undefined;

  constructor(code: KernelErrorCode, message: string, position?: number) {
    super(position === undefined ? message : `${message} at position ${position}`);
    this.code = code;
    this.position = position;
  }
}
