import Type from "typebox";
import * as field from "./fields.ts";

const severities = ["informational", "low", "medium", "high", "critical"] as const;

export const severity = (description: string) => field.choice(severities, description);
/** Ids of rules are their authors': a word of ours, or the UUID of a Sigma rule. */
export const rule = (description: string) =>
  field.text(128, description, { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$" });
export const alert = field.id("al", "Id of an alert.");
export const silence = field.id("si", "Id of a silence.");
export const sink = field.text(63, "Name of a sink, as the configuration has it.", {
  pattern: "^[a-z0-9][a-z0-9-]{0,62}$",
});
export const letter = field.text(64, "Id of a dead letter.", { pattern: "^[A-Za-z0-9_-]{1,64}$" });
export const host = field.text(253, "Name of a host.", { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$" });
export const dedupKey = field.storedText(2048, "What tells findings of one rule apart.", { minLength: 1 });
/** Says why; whoever changes what is watched for leaves a reason. */
export const reason = field.storedText(1024, "Why. It stands in the record; never put a secret here.", {
  minLength: 1,
});
export const cell = Type.Union([Type.String({ maxLength: 65_536 }), Type.Number(), Type.Null()]);
export const durationMs = (description: string) => Type.Number({ minimum: 0, description });
/** The beginning of an id, as people type it. */
export const alertPrefix = field.text(40, "Only alerts whose id begins so.", { pattern: "^al_[a-z2-7]{1,26}$" });
/** Columns of the row that was found. */
export const details = Type.Record(Type.String(), cell, {
  maxProperties: 64,
  propertyNames: { minLength: 1, maxLength: 128 },
  description: "The row that was found: column to value, secrets masked.",
});
/** What the rule did not select: kept apart from its own columns, and no part of what tells findings apart. */
export const context = Type.Record(Type.String(), cell, {
  maxProperties: 16,
  propertyNames: { minLength: 1, maxLength: 128 },
  description:
    "What the agent knew at that time of the process that the row names by its pid, where the rule did not select it.",
});
