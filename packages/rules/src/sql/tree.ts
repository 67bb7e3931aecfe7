/** A value that the statement spells out. `real` keeps 2.0 apart from 2, which divide differently. */
export interface Literal {
  readonly kind: "literal";
  readonly type: "text" | "integer" | "real" | "null";
  readonly value: string | number | null;
}

export type BinaryOperator =
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "||"
  | "&"
  | "|"
  | "<<"
  | ">>";

export type CastType = "INTEGER" | "REAL" | "TEXT";

/**
 * An expression. `Name` is what refers to a column, `Query` what stands in a subquery: as written in the syntax, as
 * resolved in what is admitted.
 */
export type ExpressionOf<Name, Query> =
  | Name
  | Literal
  | Call<Name, Query>
  /** Two or more terms, none of them of the same kind: a thousand alternatives are one node, not a thousand levels. */
  | { readonly kind: "and" | "or"; readonly terms: readonly ExpressionOf<Name, Query>[] }
  | { readonly kind: "not" | "negate" | "complement"; readonly operand: ExpressionOf<Name, Query> }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: ExpressionOf<Name, Query>;
      readonly right: ExpressionOf<Name, Query>;
    }
  | {
      readonly kind: "like" | "glob";
      readonly isNegated: boolean;
      readonly subject: ExpressionOf<Name, Query>;
      readonly pattern: string;
      readonly escape?: string;
    }
  | {
      readonly kind: "in";
      readonly isNegated: boolean;
      readonly subject: ExpressionOf<Name, Query>;
      readonly values: readonly ExpressionOf<Name, Query>[];
    }
  | {
      readonly kind: "in_query";
      readonly isNegated: boolean;
      readonly subject: ExpressionOf<Name, Query>;
      readonly query: Query;
    }
  | { readonly kind: "exists"; readonly query: Query }
  | {
      readonly kind: "between";
      readonly isNegated: boolean;
      readonly subject: ExpressionOf<Name, Query>;
      readonly low: ExpressionOf<Name, Query>;
      readonly high: ExpressionOf<Name, Query>;
    }
  | { readonly kind: "is_null"; readonly isNegated: boolean; readonly subject: ExpressionOf<Name, Query> }
  | {
      readonly kind: "case";
      readonly operand?: ExpressionOf<Name, Query>;
      readonly branches: readonly {
        readonly when: ExpressionOf<Name, Query>;
        readonly result: ExpressionOf<Name, Query>;
      }[];
      readonly otherwise?: ExpressionOf<Name, Query>;
    }
  | { readonly kind: "cast"; readonly operand: ExpressionOf<Name, Query>; readonly type: CastType };

interface Call<Name, Query> {
  readonly kind: "call";
  readonly name: string;
  readonly isDistinct: boolean;
  /** `*` of COUNT(*). */
  readonly arguments: readonly ExpressionOf<Name, Query>[] | "*";
  readonly offset: number;
}

/** A name as written. */
export interface NameSyntax {
  readonly kind: "name";
  readonly qualifier?: string;
  readonly name: string;
  readonly offset: number;
}

export type Syntax = ExpressionOf<NameSyntax, QuerySyntax>;

export interface OutputSyntax {
  readonly value: Syntax | { readonly kind: "star"; readonly qualifier?: string };
  readonly alias?: string;
  readonly offset: number;
}

export interface SourceSyntax {
  readonly table: string;
  readonly alias?: string;
  readonly offset: number;
  readonly join?: { readonly kind: JoinKind; readonly on: Syntax };
}

export type JoinKind = "inner" | "left";

export interface SelectSyntax {
  readonly isDistinct: boolean;
  readonly outputs: readonly OutputSyntax[];
  readonly sources: readonly SourceSyntax[];
  readonly where?: Syntax;
  readonly groupBy: readonly OrderSyntax[];
  readonly having?: Syntax;
  readonly offset: number;
}

export interface OrderSyntax {
  readonly value: Syntax;
  readonly isDescending: boolean;
  readonly offset: number;
}

export interface QuerySyntax {
  readonly tables: readonly { readonly name: string; readonly query: QuerySyntax; readonly offset: number }[];
  /** One SELECT, or those that UNION ALL joins. */
  readonly selects: readonly SelectSyntax[];
  readonly orderBy: readonly OrderSyntax[];
  readonly limit?: number;
  readonly skip?: number;
}

/** A column of a table in FROM, or a result column by its name. */
export type Reference =
  | { readonly kind: "column"; readonly source: string; readonly name: string }
  | { readonly kind: "output"; readonly name: string };

export type Expression = ExpressionOf<Reference, Query>;

/** What is admitted: every name resolved, every result column named. Only this is ever printed. */
export interface Query {
  readonly tables: readonly { readonly name: string; readonly query: Query }[];
  readonly selects: readonly Select[];
  readonly orderBy: readonly { readonly value: Expression; readonly isDescending: boolean }[];
  readonly limit?: number;
  readonly skip?: number;
}

export interface Select {
  readonly isDistinct: boolean;
  readonly outputs: readonly { readonly value: Expression; readonly name: string }[];
  readonly sources: readonly Source[];
  readonly where?: Expression;
  readonly groupBy: readonly Expression[];
  readonly having?: Expression;
}

export interface Source {
  readonly table: string;
  readonly alias: string;
  readonly join?: { readonly kind: JoinKind; readonly on: Expression };
}
