import type { HttpRoute } from "../http/post.ts";
import { slackMessage } from "../format/slack-message.ts";
import { teamsMessage } from "../format/teams-message.ts";
import { httpSink } from "./http-sink.ts";
import type { Sink } from "./sink.ts";

export interface ChatOptions {
  readonly name: string;
  readonly kind: "slack" | "teams";
  /** Whoever knows it can post there: it is a secret, and shown nowhere. */
  readonly url: URL;
  readonly route: HttpRoute;
  readonly wallMs: () => number;
}

const messages = { slack: slackMessage, teams: teamsMessage };

/** Posts to an incoming webhook of a chat service. */
export function chatSink({ name, kind, url, route, wallMs }: ChatOptions): Sink {
  return httpSink({ name, kind }, route, url, wallMs, (notification) => ({
    body: JSON.stringify(messages[kind](notification)),
    headers: { "content-type": "application/json", "user-agent": "holdfast" },
  }));
}
