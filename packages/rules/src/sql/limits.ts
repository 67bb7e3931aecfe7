/** Bounds of one statement (ATTACKS 30, 36). A rule with a thousand alternatives stays well inside them. */
export const sqlLimits = {
  /** UTF-16 units of the text. */
  length: 262_144,
  tokens: 65_536,
  /** Nesting of parentheses, calls, NOT, CASE and subqueries: SQLite gives up at an expression depth of 1,000. */
  depth: 32,
  /** Arithmetic and bit operators: a chain of them is one level each for SQLite. */
  operators: 200,
  /** `||` in the whole statement: each one may double a text through a chain of WITH tables. */
  concatenations: 8,
  /** Literals: SQLite takes at most 32,766 parameters. */
  literals: 32_000,
  /** Result columns, of the 2,000 that SQLite takes. */
  outputs: 200,
  /** Tables in one FROM. */
  joinedTables: 4,
  withTables: 8,
  unionMembers: 8,
  /** Table reads in the whole statement, those of a WITH table counted each time that it is used. */
  reads: 12,
  /** Subqueries inside each other. */
  queryDepth: 3,
  /** UTF-16 units of a LIKE or GLOB pattern, and how many of them may be wildcards for any number of characters. */
  patternLength: 4_096,
  patternWildcards: 16,
  /** Rows that LIMIT and OFFSET may name. */
  rows: 1_000_000,
} as const;
