import { count } from "../../terminal/count.ts";
import type { Operations } from "@holdfast/contract/types";

export type TokenInfo = Operations["token.lookup"]["output"];

/** The cells that stand for a token in a list. */
export function cellsOf({ credential, accessor, name, actor, roles, expiresAt, usesLeft }: TokenInfo) {
  return [
    accessor ?? credential,
    name ?? "",
    actor,
    roles.join(",") || "no role",
    expiresAt === undefined ? "does not expire" : `until ${expiresAt}`,
    usesLeft === undefined ? "" : `${count(usesLeft, "use")} left`,
  ];
}
