import type { TSchema } from "typebox";
import type { ProblemCode } from "./errors.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What a caller must hold: `resource:<value of the field named by path>:action`; an empty path is the bare resource. */
export interface Permission {
  readonly resource: string;
  readonly action: string;
  readonly path: string;
  /** The answer's items are each decided as well, and those that are refused do not show. */
  readonly perItem?: true;
}

/** Field name to schema. Names are unique across the places of one operation: callers hand in one flat object. */
export type Fields = Readonly<Record<string, TSchema>>;

export interface Input {
  readonly params?: Fields;
  readonly query?: Fields;
  readonly headers?: Fields;
  readonly body?: Fields;
  /** Exactly one of the body's fields is given. */
  readonly exactlyOne?: true;
}

export type Output =
  | { readonly schema: TSchema }
  | { readonly mediaType: "application/octet-stream" | "text/plain; charset=utf-8"; readonly maxBytes: number };

export interface Example {
  readonly title: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** A whole answer; text for a text answer, base64 for a binary one. */
  readonly output: unknown;
}

/** One operation, as data. Everything else that is said about it anywhere is derived from here. */
export interface OperationDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly method: Method;
  readonly path: string;
  /** Paths that answer as well. */
  readonly aliases?: readonly string[];
  /** Path parameters whose value may hold slashes. */
  readonly spans?: readonly string[];
  /** null: any identified actor. */
  readonly permission: Permission | null;
  /** `global` operations are refused to actors of a tenant, whatever they hold. */
  readonly scope?: "global";
  /** Which program has it: the server when left out, the agent, or both. */
  readonly program?: "agent" | "both";
  readonly input: Input;
  readonly output: Output;
  readonly success: readonly (200 | 201)[];
  /** Codes of this operation alone; those that any operation can answer are added by `errorsOf`. */
  readonly errors: readonly ProblemCode[];
  readonly mutation?: true;
  /** Kind of the resource named in the ledger entry. */
  readonly entryResource: string;
  readonly examples: readonly [Example, ...Example[]];
}
