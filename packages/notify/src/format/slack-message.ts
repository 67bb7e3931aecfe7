import type { Notification } from "../notification.ts";
import { factsOf, headingOf } from "./facts.ts";
import { plainLine } from "./plain-line.ts";

const MOST_FACTS = 40;
const MOST_FIELDS_PER_SECTION = 10;
const LONGEST_SUMMARY = 2_900;

/**
 * A message for an incoming webhook of Slack. Blocks are `plain_text`, in which nothing is a link or calls anybody; only
 * the line for notifications is mrkdwn, and has its three characters escaped.
 */
export function slackMessage(notification: Notification) {
  const facts = factsOf(notification).slice(0, MOST_FACTS);
  const summary = plainLine(notification.summary, LONGEST_SUMMARY);
  return {
    text: escapeMrkdwn(headingOf(notification)),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: plain(headingOf(notification)) },
      ...(summary === "" ? [] : [{ type: "section", text: plain(summary) }]),
      ...chunks(facts, MOST_FIELDS_PER_SECTION).map((some) => ({
        type: "section",
        fields: some.map(({ name, value }) => plain(`${name}: ${value}`)),
      })),
    ],
  };
}

const plain = (text: string) => ({ type: "plain_text", text, emoji: false });

function escapeMrkdwn(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
