import type { Notification, Severity } from "../notification.ts";
import { headingOf } from "./facts.ts";
import { timestamp } from "./notification-json.ts";
import { plainLine } from "./plain-line.ts";

/** Facilities of RFC 5424, table 1, by the names that syslog daemons give them. */
export const facilities = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  ntp: 12,
  audit: 13,
  alert: 14,
  clock: 15,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const;

/** A facility of syslog by its word. */
export type Facility = keyof typeof facilities;

/** RFC 5424, table 2: critical, error, warning, notice, informational. */
const levels: Readonly<Record<Severity, number>> = { critical: 2, high: 3, medium: 4, low: 5, informational: 6 };

/** What is the sink's own in each of its messages. */
export interface SyslogFormat {
  readonly facility: Facility;
  readonly appName: string;
  /** Private enterprise number in the name of the structured data (RFC 5424, 7.2.2). */
  readonly enterpriseId: number;
  readonly maxBytes: number;
}

const BOM = "\uFEFF";
const LONGEST_VALUE = 512;
const LONGEST_MESSAGE = 4_096;

/**
 * One message of RFC 5424, at most so many bytes: what does not fit is left out, first of the details, then of the
 * text, never a part of an element or of a character.
 */
export function syslogMessage(notification: Notification, pid: number, format: SyslogFormat): Buffer {
  const { severity, host, lastSeenAt, summary } = notification;
  const priority = facilities[format.facility] * 8 + levels[severity];
  const header = [
    `<${priority}>1`,
    timestamp(lastSeenAt),
    word(host, 255),
    word(format.appName, 48),
    word(String(pid), 128),
    "alert",
  ].join(" ");
  const text = plainLine(`${headingOf(notification)}: ${summary}`, LONGEST_MESSAGE);
  // The text is worth more than the last of the details: a quarter of the room is its own.
  const room = format.maxBytes - Buffer.byteLength(header) - 2 - Buffer.byteLength(BOM);
  const reserved = Math.min(Buffer.byteLength(text), Math.floor(room / 4));
  const structured = structuredData(notification, format.enterpriseId, room - reserved);
  const rest = room - Buffer.byteLength(structured);
  return Buffer.from(`${header} ${structured} ${BOM}${cutToBytes(text, rest)}`);
}

/** PRINTUSASCII, or the nil value. */
function word(text: string, most: number): string {
  return text.replaceAll(/[^\x21-\x7E]/g, "?").slice(0, most) || "-";
}

function structuredData(notification: Notification, enterpriseId: number, room: number): string {
  const { id, seq, severity, ruleId, count, firstSeenAt, attack, details, context = {} } = notification;
  const parameters: readonly (readonly [string, string])[] = [
    ["id", id],
    ["seq", String(seq)],
    ["severity", severity],
    ["rule", ruleId],
    ["count", String(count)],
    ["firstSeenAt", timestamp(firstSeenAt)],
    ["attack", attack.join(",")],
    ...Object.entries(details).map(([name, value]) => [`d.${name}`, value === null ? "" : String(value)] as const),
    ...Object.entries(context).map(([name, value]) => [`c.${name}`, String(value ?? "")] as const),
  ];
  let element = `[holdfast@${enterpriseId}`;
  for (const [name, value] of parameters) {
    const parameter = ` ${parameterName(name)}="${escapeValue(plainLine(value, LONGEST_VALUE))}"`;
    if (Buffer.byteLength(element) + Buffer.byteLength(parameter) + 1 > room) break;
    element += parameter;
  }
  return `${element}]`;
}

/** SD-NAME: 1 to 32 printable characters but `=`, `]`, `"` and blanks. */
function parameterName(name: string): string {
  return name.replaceAll(/[^\x21-\x7E]|[="\]]/g, "_").slice(0, 32);
}

/** RFC 5424, 6.3.3: exactly these three are escaped. */
function escapeValue(value: string): string {
  return value.replaceAll(/["\\\]]/g, String.raw`\$&`);
}

function cutToBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.byteLength <= most) return text;
  let end = Math.max(0, most);
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
