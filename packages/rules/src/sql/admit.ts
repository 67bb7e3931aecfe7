import type { RuleTable } from "../tables.ts";
import { functionsOf } from "./functions.ts";
import { parseStatement } from "./parse-statement.ts";
import { printBound, type SqlValue } from "./print.ts";
import type { Profile } from "./profile.ts";
import { type Refusal, RefusedSql } from "./refusal.ts";
import { Resolution } from "./resolution.ts";
import { resolveQuery } from "./resolve-query.ts";
import { tokenize } from "./tokenize.ts";
import type { Query } from "./tree.ts";

export interface AdmissionOptions {
  readonly profile: Profile;
  /** What may be read. */
  readonly tables: readonly RuleTable[];
  /** Functions that may be called, instead of those of the profile; names that `sqlFunctions` has not allow nothing. */
  readonly functions?: readonly string[];
}

/** A statement that may run: printed anew from its tree, so that SQLite reads exactly what was judged. */
export interface AdmittedStatement {
  /** Canonical SQL with a positional `?` for every literal. */
  readonly sql: string;
  /** What each `?` stands for; bind whole numbers as integers, see `bindValues`. */
  readonly parameters: readonly SqlValue[];
  /** Names of the tables that it reads. */
  readonly tables: readonly string[];
  /** Names of its result columns. */
  readonly columns: readonly string[];
  /** Whether it counts or groups rows anywhere. */
  readonly isAggregate: boolean;
}

export type Admission =
  | { readonly ok: true; readonly statement: AdmittedStatement }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Admits a statement by its syntax tree or says what is wrong with it, and where. Length, tokens, depth, joins and
 * literals are bounded, and nothing is read twice: time is linear in the length (ATTACKS 33, 36).
 */
export function admit(sql: string, options: AdmissionOptions): Admission {
  try {
    return { ok: true, statement: statementOf(...resolve(sql, options)) };
  } catch (error) {
    if (error instanceof RefusedSql) return { ok: false, refusal: error.in(sql) };
    throw error;
  }
}

/** The tree of a statement that is admitted; throws what is refused. */
export function admitTree(sql: string, options: AdmissionOptions): Query {
  return resolve(sql, options)[0];
}

function resolve(sql: string, options: AdmissionOptions): [Query, Resolution] {
  const syntax = parseStatement(tokenize(sql), options.profile);
  const functions = options.functions ?? functionsOf(options.profile);
  const resolution = new Resolution(options.tables, functions, resolveQuery);
  return [resolveQuery(syntax, resolution), resolution];
}

function statementOf(query: Query, resolution: Resolution): AdmittedStatement {
  return {
    ...printBound(query),
    tables: [...resolution.read].toSorted(),
    columns: query.selects[0]!.outputs.map((output) => output.name),
    isAggregate: resolution.isAggregate,
  };
}

/** Values as node:sqlite has to be given them: it would bind a whole number as a real, which divides differently. */
export function bindValues(parameters: readonly SqlValue[]): (string | number | bigint | null)[] {
  return parameters.map((value) => (Number.isSafeInteger(value) ? BigInt(Number(value)) : value));
}
