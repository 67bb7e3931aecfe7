import type { Profile } from "./profile.ts";

/** A function that a statement may call when its profile or the configuration names it. */
export interface SqlFunction {
  readonly name: string;
  readonly kind: "aggregate" | "scalar";
  readonly fewest: number;
  readonly most: number;
  /** The narrowest profile that has it without further configuration. */
  readonly profile: Profile;
  readonly description: string;
  /** What an argument has to be beyond its number: bounds the size of what the function makes. */
  readonly takes?: "no_growth" | "unix_epoch";
}

const aggregate = (name: string, description: string): SqlFunction => ({
  name,
  kind: "aggregate",
  fewest: 1,
  most: 1,
  profile: "strict",
  description,
});

const scalar = (
  name: string,
  [fewest, most]: readonly [number, number],
  description: string,
  more: Partial<SqlFunction> = {},
): SqlFunction => ({ name, kind: "scalar", fewest, most, profile: "extended", description, ...more });

/**
 * Every function there is for rules. Left out on purpose, because their result grows beyond their arguments: hex, quote,
 * printf, format, zeroblob, randomblob, group_concat, string_agg, json_*, char; because they leave the statement:
 * load_extension, fts3_tokenizer, sqlite_*; because their answer is not that of the rows: random, changes, 'now'.
 */
export const sqlFunctions: readonly SqlFunction[] = [
  aggregate("count", "Rows, or those whose value is not NULL."),
  aggregate("sum", "Sum."),
  aggregate("avg", "Mean."),
  aggregate("min", "Smallest value."),
  aggregate("max", "Largest value."),
  scalar("length", [1, 1], "Characters of a text.", { profile: "strict" }),
  scalar("substr", [2, 3], "Part of a text: from a character on, and how many.", { profile: "strict" }),
  scalar("lower", [1, 1], "Letters A to Z made small."),
  scalar("upper", [1, 1], "Letters a to z made capital."),
  scalar("instr", [2, 2], "Where the second text begins in the first, from 1; 0 when it is not there."),
  scalar("replace", [3, 3], "Each second text in the first replaced by a third that is not longer.", {
    takes: "no_growth",
  }),
  scalar("trim", [1, 2], "Without blanks, or the given characters, at both ends."),
  scalar("ltrim", [1, 2], "Without blanks, or the given characters, at the beginning."),
  scalar("rtrim", [1, 2], "Without blanks, or the given characters, at the end."),
  scalar("coalesce", [2, 16], "The first value that is not NULL."),
  scalar("ifnull", [2, 2], "The first value, or the second when it is NULL."),
  scalar("nullif", [2, 2], "NULL when both are equal, else the first."),
  scalar("abs", [1, 1], "Without its sign."),
  scalar("round", [1, 2], "Rounded to so many digits."),
  scalar("datetime", [2, 2], "A Unix time as a date and time: datetime(time, 'unixepoch').", { takes: "unix_epoch" }),
];

/** Names of the functions that a profile has. */
export function functionsOf(profile: Profile): readonly string[] {
  return sqlFunctions.filter((one) => profile === "extended" || one.profile === profile).map((one) => one.name);
}
