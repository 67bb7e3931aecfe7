import type { RuleTable } from "../tables.ts";
import { sqlFunctions, type SqlFunction } from "./functions.ts";
import { sqlLimits } from "./limits.ts";
import { RefusedSql } from "./refusal.ts";
import type { Scope } from "./scope.ts";
import type { Query, QuerySyntax } from "./tree.ts";

/** A table in WITH: its columns, and how many tables are read to make it. */
interface WithTable {
  readonly columns: readonly string[];
  readonly reads: number;
}

/** What is known while the names of one statement are resolved, and what has been counted so far. */
export class Resolution {
  readonly tables: ReadonlyMap<string, readonly string[]>;
  readonly functions: ReadonlyMap<string, SqlFunction>;
  readonly withTables = new Map<string, WithTable>();
  /** Tables in WITH that cannot be read yet: the one that is being made and those after it. */
  readonly pendingTables = new Set<string>();
  /** Names of the tables that are read. */
  readonly read = new Set<string>();
  /** Aggregates met so far in the SELECT that is being resolved. */
  aggregates = 0;
  /** Whether any SELECT of the statement counts or groups. */
  isAggregate = false;
  readonly #resolveQuery: (syntax: QuerySyntax, resolution: Resolution, parent?: Scope) => Query;
  #reads = 0;
  #depth = 0;

  constructor(
    tables: readonly RuleTable[],
    functions: readonly string[],
    resolveQuery: (syntax: QuerySyntax, resolution: Resolution, parent?: Scope) => Query,
  ) {
    this.tables = new Map(tables.map((table) => [table.name, table.columns.map((column) => column.name)]));
    const names = new Set(functions.map((name) => name.toLowerCase()));
    // A configured name that is no function of ours allows nothing (ATTACKS 44).
    this.functions = new Map(sqlFunctions.filter((one) => names.has(one.name)).map((one) => [one.name, one]));
    this.#resolveQuery = resolveQuery;
  }

  /** Columns of a table in FROM, which counts as read. */
  open(name: string, offset: number): readonly string[] | undefined {
    const made = this.withTables.get(name);
    const columns = made?.columns ?? this.tables.get(name);
    if (columns === undefined) return undefined;
    if (made === undefined) this.read.add(name);
    this.#reads += made?.reads ?? 1;
    if (this.#reads > sqlLimits.reads) {
      const message = `the statement reads tables more than ${sqlLimits.reads} times, those in WITH counted at each use`;
      throw new RefusedSql("too_complex", message, offset);
    }
    return columns;
  }

  /** Resolves a table in WITH: what it reads counts when it is used. */
  makeTable(name: string, resolve: () => readonly string[]): void {
    const before = this.#reads;
    const columns = resolve();
    this.withTables.set(name, { columns, reads: this.#reads - before });
    this.#reads = before;
    this.pendingTables.delete(name);
  }

  /** Resolves a subquery; its aggregates are not those of the SELECT around it. */
  subquery(syntax: QuerySyntax, parent: Scope, offset: number): Query {
    if (this.#depth >= sqlLimits.queryDepth) {
      throw new RefusedSql("too_deep", `subqueries nest deeper than ${sqlLimits.queryDepth} levels`, offset);
    }
    this.#depth += 1;
    const { aggregates } = this;
    const query = this.#resolveQuery(syntax, this, parent);
    this.aggregates = aggregates;
    this.#depth -= 1;
    return query;
  }
}
