import { type Position, positionAt } from "../position.ts";

/** What may be wrong with a rule file. Public and stable; a test pins the list. */
export const ruleIssueCodes = [
  "yaml_invalid",
  "key_unknown",
  "key_missing",
  "value_invalid",
  "id_taken",
  "profile_not_allowed",
  "sql_refused",
  "column_unknown",
  "test_invalid",
] as const;

export type RuleIssueCode = (typeof ruleIssueCodes)[number];

/** What is wrong with a rule file, where, and what to write instead. */
export interface RuleIssue {
  readonly code: RuleIssueCode;
  readonly message: string;
  readonly file: string;
  readonly position: Position;
  readonly hint?: string;
}

/** `file:line:column: message (hint)`, as editors and people follow it. */
export function formatIssue({ file, position, message, hint }: RuleIssue): string {
  return `${file}:${position.line}:${position.column}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

/** Collects what is wrong with one file. */
export class IssueList {
  readonly file: string;
  readonly text: string;
  readonly #issues: RuleIssue[] = [];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  add(code: RuleIssueCode, message: string, offset: number, hint?: string): void {
    const position = positionAt(this.text, offset);
    this.#issues.push({ code, message, file: this.file, position, ...(hint === undefined ? {} : { hint }) });
  }

  get all(): readonly RuleIssue[] {
    return this.#issues;
  }

  get count(): number {
    return this.#issues.length;
  }
}
