import type { Notification } from "../notification.ts";
import { timestamp } from "./notification-json.ts";
import { plainLine } from "./plain-line.ts";

/** A name and what is said under it. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

const LONGEST_VALUE = 512;

/** What is said of a notification beside its title and summary, each as lines that show every character. */
export function factsOf(notification: Notification): readonly Fact[] {
  const { severity, host, ruleId, count, firstSeenAt, lastSeenAt, attack, details, context = {}, id } = notification;
  return [
    { name: "Severity", value: severity },
    { name: "Host", value: host },
    { name: "Rule", value: ruleId },
    ...(count > 1 ? [{ name: "Count", value: String(count) }] : []),
    { name: "First seen", value: timestamp(firstSeenAt) },
    ...(lastSeenAt === firstSeenAt ? [] : [{ name: "Last seen", value: timestamp(lastSeenAt) }]),
    ...(attack.length === 0 ? [] : [{ name: "ATT&CK", value: attack.join(", ") }]),
    ...Object.entries(details).map(([name, value]) => ({ name, value: value === null ? "" : String(value) })),
    ...Object.entries(context).map(([name, value]) => ({ name: `context.${name}`, value: String(value ?? "") })),
    { name: "Alert", value: id },
  ].map(({ name, value }) => ({ name: plainLine(name, 64), value: plainLine(value, LONGEST_VALUE) }));
}

const LONGEST_HEADING = 150;

/** One line that says the most. */
export function headingOf({ severity, title, host, count }: Notification): string {
  const times = count > 1 ? ` (${count} times)` : "";
  const rest = ` on ${plainLine(host, 48)}${times}`;
  return `[${severity}] ${plainLine(title, LONGEST_HEADING - rest.length - severity.length - 3)}${rest}`;
}
