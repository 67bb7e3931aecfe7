import { createHash } from "node:crypto";
import { NotifyError } from "./errors.ts";
import { type Detail, type Notification, severities } from "./notification.ts";

const ID = /^[A-Za-z0-9._:-]{1,128}$/;
const LONGEST = { title: 256, ruleId: 128, host: 255, summary: 4_096, detailName: 64, detail: 2_048, word: 64 };
const MOST = { details: 64, attack: 32, tags: 32 };
const MOST_BYTES = 64 * 1024;
const MOST_KEY_CHARACTERS = 256;

/** The notification with every part inside its bound; throws `notification_invalid` for one that could never be told. */
export function boundNotification(notification: Notification): Notification {
  insistSound(notification);
  const { dedupKey, tags, context } = notification;
  const bounded: Notification = {
    id: notification.id,
    seq: notification.seq,
    severity: notification.severity,
    title: cut(notification.title, LONGEST.title),
    ruleId: cut(notification.ruleId, LONGEST.ruleId),
    host: cut(notification.host, LONGEST.host),
    summary: cut(notification.summary, LONGEST.summary),
    firstSeenAt: notification.firstSeenAt,
    lastSeenAt: notification.lastSeenAt,
    count: notification.count,
    details: boundDetails(notification.details),
    ...(context !== undefined && { context: boundDetails(context) }),
    attack: words(notification.attack, MOST.attack),
    ...(dedupKey !== undefined && { dedupKey: boundKey(dedupKey) }),
    ...(tags !== undefined && { tags: words(tags, MOST.tags) }),
  };
  // Sixty-four details at their longest would be more than any sink takes.
  if (byteLength(bounded) <= MOST_BYTES) return bounded;
  const { context: _, ...rest } = bounded;
  return { ...rest, details: fitting(rest) };
}

function insistSound({ id, severity, seq, count, firstSeenAt, lastSeenAt }: Notification): void {
  if (!ID.test(id)) throw invalid("its id is not 1 to 128 letters, digits, dots, dashes, colons or underscores");
  if (!severities.includes(severity)) throw invalid("its severity is not known");
  for (const [name, value] of Object.entries({ seq, count, firstSeenAt, lastSeenAt })) {
    if (!Number.isSafeInteger(value) || value < 0) throw invalid(`its ${name} is not a whole number`);
  }
  if (count === 0) throw invalid("its count is zero");
}

const invalid = (problem: string) =>
  new NotifyError("notification_invalid", `the notification cannot be told: ${problem}`);

/** At most so many UTF-16 units, never half a character. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`.toWellFormed();
}

function boundDetails(details: Readonly<Record<string, Detail>>): Record<string, Detail> {
  const kept = Object.entries(details).slice(0, MOST.details);
  return Object.fromEntries(
    kept.map(([name, value]) => [
      cut(name, LONGEST.detailName),
      typeof value === "string" ? cut(value, LONGEST.detail) : value,
    ]),
  );
}

function words(texts: readonly string[], most: number): readonly string[] {
  return texts.slice(0, most).map((text) => cut(text, LONGEST.word));
}

/** A key that is too long is told apart by its hash: cut off, two different ones could become one. */
function boundKey(key: string): string {
  return key.length <= MOST_KEY_CHARACTERS ? key.toWellFormed() : createHash("sha256").update(key).digest("hex");
}

const byteLength = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

function fitting(notification: Notification): Record<string, Detail> {
  let room = MOST_BYTES - byteLength({ ...notification, details: {} });
  const kept: [string, Detail][] = [];
  for (const detail of Object.entries(notification.details)) {
    room -= byteLength(detail) + 1;
    if (room < 0) break;
    kept.push(detail);
  }
  return Object.fromEntries(kept);
}
