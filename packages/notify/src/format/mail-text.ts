import { createHash } from "node:crypto";
import type { Notification } from "../notification.ts";
import { factsOf, headingOf } from "./facts.ts";
import { plainLine } from "./plain-line.ts";

const LONGEST_SUMMARY = 4_000;

/** The parts of a mail that come from a notification. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Subject, body and headers. Nothing that comes from a host can end a line: not in a header, where it would begin
 * another (ATTACKS 35), and not in the body, where it would pass for a fact.
 */
export function mailText(notification: Notification, domain: string): MailText {
  const { id, severity, ruleId, host, summary } = notification;
  const facts = factsOf(notification).map(({ name, value }) => `${name}: ${value}`);
  return {
    subject: headingOf(notification),
    text: [plainLine(summary, LONGEST_SUMMARY), "", ...facts, ""].join("\n"),
    messageId: messageIdOf(id, domain),
    headers: {
      "X-Holdfast-Id": headerWord(id),
      "X-Holdfast-Severity": severity,
      "X-Holdfast-Rule": headerWord(ruleId),
      "X-Holdfast-Host": headerWord(host),
      // RFC 3834: no machine answers it.
      "Auto-Submitted": "auto-generated",
    },
  };
}

/** The same on every attempt, so that mail systems take repetitions for one message. */
function messageIdOf(id: string, domain: string): string {
  // What a dot-atom (RFC 5322) cannot hold, colons and dots in a row, is told apart by a hash.
  const isAtom = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(id);
  return `<${isAtom ? id : createHash("sha256").update(id).digest("hex")}@${domain}>`;
}

function headerWord(text: string): string {
  return text.replaceAll(/[^\x21-\x7E]/g, "?").slice(0, 128);
}
