import type { Notification, Severity } from "../notification.ts";
import { factsOf, headingOf } from "./facts.ts";
import { plainLine } from "./plain-line.ts";

const LONGEST_SUMMARY = 2_000;
const LONGEST_VALUE = 256;
/** Teams takes 28 KB. */
const MOST_FACTS = 30;

/**
 * An Adaptive Card as workflows of Microsoft Teams take it. Text runs know no Markdown: nothing in them becomes a link,
 * an image or a mention.
 */
export function teamsMessage(notification: Notification) {
  const { severity, summary } = notification;
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: { width: "Full" },
          body: [
            line([{ ...run(headingOf(notification)), weight: "Bolder", size: "Medium", color: colors[severity] }]),
            ...(summary === "" ? [] : [line([run(plainLine(summary, LONGEST_SUMMARY))])]),
            ...factsOf(notification)
              .slice(0, MOST_FACTS)
              .map(({ name, value }) =>
                line([{ ...run(`${name}: `), weight: "Bolder" }, run(plainLine(value, LONGEST_VALUE))]),
              ),
          ],
        },
      },
    ],
  };
}

const colors: Readonly<Record<Severity, string>> = {
  informational: "Default",
  low: "Accent",
  medium: "Warning",
  high: "Attention",
  critical: "Attention",
};

const run = (text: string) => ({ type: "TextRun", text });
const line = (inlines: readonly object[]) => ({ type: "RichTextBlock", inlines });
