import { type Position, positionAt } from "../position.ts";

/** Why a Sigma rule is not compiled. Public and stable; a test pins the list. */
export const sigmaReasonCodes = [
  "yaml_invalid",
  "key_missing",
  "value_invalid",
  "logsource_unknown",
  "selection_unknown",
  "condition_invalid",
  "aggregation",
  "correlation",
  "field_unknown",
  "modifier_unknown",
  "regex",
  "too_large",
] as const;

export type SigmaReasonCode = (typeof sigmaReasonCodes)[number];

/** Why a rule is not compiled, and the part of its file that this is about, such as `detection.selection.User|expand`. */
export interface SigmaReason {
  readonly code: SigmaReasonCode;
  readonly message: string;
  readonly part: string;
  readonly position: Position;
  readonly hint?: string;
}

/** Collects the reasons, all of them: one is no use to somebody who has to change the rule. */
export class Reasons {
  readonly #text: string;
  readonly #reasons: SigmaReason[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get all(): readonly SigmaReason[] {
    return this.#reasons;
  }

  /** Adds a reason; comes back as undefined, so that whoever reads on can say so in the same line. */
  add(code: SigmaReasonCode, message: string, part: string, offset: number, hint?: string): undefined {
    const position = positionAt(this.#text, offset);
    this.#reasons.push({ code, message, part, position, ...(hint === undefined ? {} : { hint }) });
    return undefined;
  }
}
