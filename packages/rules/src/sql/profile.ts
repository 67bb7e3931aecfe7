import { RefusedSql } from "./refusal.ts";
import type { Token } from "./tokenize.ts";

/** `strict` is the least that rules need; `extended` is for those who write and import many, by configuration. */
export type Profile = "strict" | "extended";

/** Profiles from the narrowest to the widest. */
export const profiles: readonly Profile[] = ["strict", "extended"];

/** Refuses what only the profile `extended` admits: `strict` is SELECT, WHERE, GROUP BY, HAVING, ORDER BY and LIMIT on one table. */
export function requireExtended(profile: Profile, what: string, token: Token, hint?: string): void {
  if (profile === "extended") return;
  const code =
    token.kind === "symbol" || operatorWords.has(token.upper) ? "operator_not_allowed" : "clause_not_allowed";
  throw new RefusedSql(
    code,
    `${what} is not admitted in the profile strict`,
    token.offset,
    hint ?? "use the profile extended",
  );
}

const operatorWords: ReadonlySet<string> = new Set([
  "LIKE",
  "GLOB",
  "IN",
  "BETWEEN",
  "IS",
  "NOT",
  "EXISTS",
  "CASE",
  "CAST",
]);
