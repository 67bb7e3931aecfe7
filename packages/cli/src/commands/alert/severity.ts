import { usage } from "../../failure.ts";
import { type Given } from "../../command.ts";
import { textOption } from "../../given.ts";
import type { Style } from "../../terminal/style.ts";

/** Lowest first. */
export const severities = ["informational", "low", "medium", "high", "critical"] as const;

/** How bad an alert is. */
export type Severity = (typeof severities)[number];

/** The severity that --severity gives. */
export function severityOption(given: Given): Severity | undefined {
  const text = textOption(given, "severity");
  const severity = severities.find((known) => known === text);
  if (text !== undefined && severity === undefined) {
    throw usage(`--severity takes ${severities.join(", ")}, not "${text}"`);
  }
  return severity;
}

/** How a line about something of this severity is marked. */
export function markOf(severity: string, style: Style): (text: string) => string {
  if (severity === "critical" || severity === "high") return style.bad;
  return severity === "medium" ? style.warn : (text) => text;
}
