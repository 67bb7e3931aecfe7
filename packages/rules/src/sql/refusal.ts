import { type Position, positionAt } from "../position.ts";

/** Why a statement is not admitted. Public and stable; a test pins the list. */
export const refusalCodes = [
  "empty",
  "too_long",
  "too_many_tokens",
  "too_deep",
  "too_complex",
  "character",
  "comment",
  "literal",
  "bind_parameter",
  "quoted_identifier",
  "several_statements",
  "not_select",
  "syntax",
  "clause_not_allowed",
  "operator_not_allowed",
  "function_not_allowed",
  "function_arguments",
  "aggregate_misplaced",
  "window_function",
  "subquery_not_allowed",
  "schema_qualifier",
  "table_function",
  "table_unknown",
  "column_unknown",
  "column_ambiguous",
  "name_taken",
  "name_reserved",
  "cross_join",
  "join_not_allowed",
  "recursive",
  "limit",
  "pattern",
  "columns_differ",
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

/** What was refused, why, where, and what to write instead. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly position: Position;
  readonly hint?: string;
}

/** Ends the admission of a statement; `admit` turns it into a value, nobody else sees it. */
export class RefusedSql extends Error {
  override readonly name = "RefusedSql";
  readonly code: RefusalCode;
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(code: RefusalCode, message: string, offset: number, hint?: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.hint = hint;
  }

  /** The refusal as a value, with its place in the statement. */
  in(sql: string): Refusal {
    const { code, message, hint } = this;
    const position = positionAt(sql, this.offset);
    return hint === undefined ? { code, message, position } : { code, message, position, hint };
  }
}
