import fc from "fast-check";
import { functionsOf, sqlFunctions } from "./functions.ts";
import type { Expression, Literal, Query, Reference, Select, Source } from "./tree.ts";

const columnsOf = { processes: ["pid", "path", "uid", "name"], authorized_keys: ["uid", "key", "comment"] } as const;
type Table = keyof typeof columnsOf;

const text = fc.oneof(
  fc.constantFrom("", "it's", "%", "a_b", '"', "--", "\\", "?", "Ü☃\u{1f600}", "\n"),
  fc.string({ unit: "grapheme-ascii", maxLength: 6 }),
);

const literal: fc.Arbitrary<Literal> = fc.oneof(
  text.map((value): Literal => ({ kind: "literal", type: "text", value })),
  fc
    .integer({ min: -1_000, max: Number.MAX_SAFE_INTEGER })
    .map((value): Literal => ({ kind: "literal", type: "integer", value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value): Literal => ({ kind: "literal", type: "real", value: value === 0 ? 0 : value })),
  fc.constant<Literal>({ kind: "literal", type: "null", value: null }),
);

const scalars = sqlFunctions.filter(
  (one) => one.kind === "scalar" && one.takes === undefined && functionsOf("extended").includes(one.name),
);

/** Expressions over the columns of some sources, at most `depth` levels deep. */
function expression(columns: readonly Reference[], depth: number): fc.Arbitrary<Expression> {
  const leaf: fc.Arbitrary<Expression> = fc.oneof(literal, fc.constantFrom(...columns));
  if (depth === 0) return leaf;
  const part = expression(columns, depth - 1);
  const parts = (minLength: number): fc.Arbitrary<Expression[]> =>
    fc.array(part, { minLength, maxLength: minLength + 9 });
  const operators = ["=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&", "|", "<<", ">>"] as const;
  return fc.oneof(
    leaf,
    chain(parts(2)),
    part.map((operand): Expression => ({ kind: "not", operand })),
    part.map((operand): Expression => ({ kind: "complement", operand })),
    part.filter((operand) => operand.kind !== "literal").map((operand): Expression => ({ kind: "negate", operand })),
    fc
      .tuple(part, fc.constantFrom(...operators), part)
      .map(([left, operator, right]): Expression => ({ kind: "binary", operator, left, right })),
    fc
      .record({ isNegated: fc.boolean(), subject: part, pattern: text })
      .map((one): Expression => ({ kind: "like", ...one, escape: "\\" })),
    fc
      .record({ isNegated: fc.boolean(), subject: part, pattern: text })
      .map((one): Expression => ({ kind: "glob", ...one })),
    fc
      .record({ isNegated: fc.boolean(), subject: part, values: parts(1) })
      .map((one): Expression => ({ kind: "in", ...one })),
    fc
      .record({ isNegated: fc.boolean(), subject: part, low: part, high: part })
      .map((one): Expression => ({ kind: "between", ...one })),
    fc.record({ isNegated: fc.boolean(), subject: part }).map((one): Expression => ({ kind: "is_null", ...one })),
    fc
      .record(
        {
          operand: part,
          branches: fc.array(fc.record({ when: part, result: part }), { minLength: 1, maxLength: 3 }),
          otherwise: part,
        },
        { requiredKeys: ["branches"] },
      )
      .map((one): Expression => ({ kind: "case", ...one })),
    fc
      .tuple(part, fc.constantFrom("INTEGER" as const, "REAL" as const, "TEXT" as const))
      .map(([operand, type]): Expression => ({ kind: "cast", operand, type })),
    call(part),
  );
}

/** Terms of a chain are never chains of the same kind: the parser makes them one. */
function chain(terms: fc.Arbitrary<Expression[]>): fc.Arbitrary<Expression> {
  return fc.tuple(fc.constantFrom("and" as const, "or" as const), terms).map(([kind, list]) => {
    const flat = list.flatMap((term) => (term.kind === kind ? term.terms : [term]));
    return { kind, terms: flat };
  });
}

function call(part: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc
    .constantFrom(...scalars)
    .chain(({ name, fewest, most }) =>
      fc
        .array(part, { minLength: fewest, maxLength: Math.min(most, 4) })
        .map((list): Expression => ({ kind: "call", name, isDistinct: false, arguments: list, offset: 0 })),
    );
}

function references(source: string, table: Table): readonly Reference[] {
  return columnsOf[table].map((name) => ({ kind: "column", source, name }));
}

const depth = 3;

const single: fc.Arbitrary<Query> = fc.constantFrom<Table>("processes", "authorized_keys").chain((table) => {
  const columns = references("t", table);
  return query([{ table, alias: "t" }], columns);
});

const joined: fc.Arbitrary<Query> = fc
  .tuple(
    fc.constantFrom("inner" as const, "left" as const),
    expression([...references("a", "processes"), ...references("b", "authorized_keys")], 1),
  )
  .chain(([kind, extra]) => {
    const key: Expression = {
      kind: "binary",
      operator: "=",
      left: { kind: "column", source: "a", name: "uid" },
      right: { kind: "column", source: "b", name: "uid" },
    };
    const terms = extra.kind === "and" ? [key, ...extra.terms] : [key, extra];
    const join: Source = { table: "authorized_keys", alias: "b", join: { kind, on: { kind: "and", terms } } };
    const columns = [...references("a", "processes"), ...references("b", "authorized_keys")];
    return query([{ table: "processes", alias: "a" }, join], columns);
  });

function query(sources: readonly Source[], columns: readonly Reference[]): fc.Arbitrary<Query> {
  const any = expression(columns, depth);
  const subquery = any.map(
    (value): Query => plain([{ table: "users", alias: "u" }], value, { kind: "column", source: "u", name: "uid" }),
  );
  const condition = fc.oneof(
    any,
    subquery.map((inner): Expression => ({ kind: "exists", query: inner })),
    fc
      .record({ isNegated: fc.boolean(), subject: any, query: subquery })
      .map((one): Expression => ({ kind: "in_query", ...one })),
  );
  return fc
    .record({
      isDistinct: fc.boolean(),
      values: fc.array(any, { minLength: 1, maxLength: 4 }),
      where: fc.option(condition, { nil: undefined }),
      groupBy: fc.subarray([...columns]),
      having: any,
      order: fc.array(fc.record({ value: any, isDescending: fc.boolean() }), { maxLength: 2 }),
      limit: fc.option(fc.nat(1_000_000), { nil: undefined }),
      skip: fc.option(fc.nat(1_000_000), { nil: undefined }),
    })
    .map((made) => {
      const outputs = made.values.map((value, index) => ({ value, name: `c${index}` }));
      const select: Select = {
        isDistinct: made.isDistinct,
        outputs,
        sources,
        ...(made.where === undefined ? {} : { where: made.where }),
        groupBy: made.groupBy,
        ...(made.groupBy.length === 0 ? {} : { having: made.having }),
      };
      const byName = { value: { kind: "output" as const, name: "c0" }, isDescending: true };
      // A literal in ORDER BY would be read as the number of a result column.
      const orderBy = [...made.order.filter((term) => term.value.kind !== "literal"), byName];
      const limit =
        made.limit === undefined ? {} : { limit: made.limit, ...(made.skip === undefined ? {} : { skip: made.skip }) };
      return { tables: [], selects: [select], orderBy, ...limit };
    });
}

function plain(sources: readonly Source[], where: Expression, value: Expression): Query {
  return {
    tables: [],
    selects: [{ isDistinct: false, outputs: [{ value, name: "c0" }], sources, where, groupBy: [] }],
    orderBy: [],
  };
}

/** The query under a name in WITH, read twice and joined by UNION ALL. */
function named(inner: Query): Query {
  const select = (alias: string): Select => ({
    isDistinct: false,
    outputs: [{ value: { kind: "column", source: alias, name: "c0" }, name: "n" }],
    sources: [{ table: "w", alias }],
    groupBy: [],
  });
  const orderBy = [{ value: { kind: "output" as const, name: "n" }, isDescending: false }];
  return { tables: [{ name: "w", query: inner }], selects: [select("w"), select("x")], orderBy };
}

/** Random queries that admission can give. */
export const arbitraryQuery: fc.Arbitrary<Query> = fc.oneof(single, joined, single.map(named));

/** A tree without the places that its calls were read from. */
export function withoutOffsets(query: Query): unknown {
  return JSON.parse(JSON.stringify(query, (key, value: unknown) => (key === "offset" ? undefined : value)));
}
