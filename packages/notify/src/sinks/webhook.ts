import type { HttpRoute } from "../http/post.ts";
import { notificationJson, timestamp } from "../format/notification-json.ts";
import { httpSink } from "./http-sink.ts";
import type { Secret } from "./secret.ts";
import { signedHeaders, signingKeys } from "./sign.ts";
import type { Sink } from "./sink.ts";

export interface WebhookOptions {
  readonly name: string;
  readonly url: URL;
  readonly route: HttpRoute;
  readonly signingSecret: Secret;
  /** The whole value of the Authorization header, for receivers that want one. */
  readonly authorization?: Secret;
  readonly wallMs: () => number;
}

/** Posts JSON, signed and dated as the Standard Webhooks specification says, with the notification's id to know it again. */
export function webhookSink({ name, url, route, signingSecret, authorization, wallMs }: WebhookOptions): Sink {
  const keys = signingKeys(signingSecret);
  return httpSink({ name, kind: "webhook" }, route, url, wallMs, (notification) => {
    const data = notificationJson(notification);
    const body = JSON.stringify({ type: "alert.raised", timestamp: timestamp(notification.lastSeenAt), data });
    return {
      body,
      headers: {
        "content-type": "application/json",
        "user-agent": "holdfast",
        "idempotency-key": notification.id,
        ...signedHeaders(keys, { id: notification.id, body, wallMs: wallMs() }),
        ...(authorization && { authorization: authorization.reveal() }),
      },
    };
  });
}
