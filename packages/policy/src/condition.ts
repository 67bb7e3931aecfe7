/**
 * A condition narrows a grant. It is data, kept with the role; its attribute comes from what the server holds, never
 * from what a caller sends. An attribute that is missing, or a kind that this version does not know, never holds.
 */
export interface EnvironmentCondition {
  readonly kind: "environment";
  readonly oneOf: readonly string[];
}

export type Condition = EnvironmentCondition;

/** What the server knows of a request, by source; absent means unknown. */
export interface Attributes {
  /** The environment of the path, inherited from its namespace. */
  readonly environment?: string;
}

/** Whether a condition holds for these attributes. */
export function holds(condition: Condition, attributes: Attributes): boolean {
  switch (condition.kind) {
    case "environment":
      return attributes.environment !== undefined && condition.oneOf.includes(attributes.environment);
    default:
      return false;
  }
}

/** Whether `narrow` holds only where `wide` holds too. */
export function conditionCovers(wide: Condition, narrow: Condition): boolean {
  if (wide.kind !== "environment" || narrow.kind !== "environment") return false;
  return narrow.oneOf.every((name) => wide.oneOf.includes(name));
}

/** A condition in words; it names what is asked, never what the attribute was (ATTACKS 11). */
export function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case "environment":
      return `environment in ${condition.oneOf.join(", ")}`;
    default:
      return "a condition that this version does not know";
  }
}
