import type { Notification } from "../notification.ts";
import type { Post } from "../http/exchange.ts";
import { connectTo, type HttpRoute, post } from "../http/post.ts";
import { healthOf } from "./health.ts";
import type { Sink, SinkKind } from "./sink.ts";

/** A receiver of HTTP: what is posted differs, how it gets there does not. */
export function httpSink(
  { name, kind }: { readonly name: string; readonly kind: SinkKind },
  route: HttpRoute,
  url: URL,
  wallMs: () => number,
  messageOf: (notification: Notification) => Omit<Post, "url">,
): Sink {
  return {
    name,
    kind,
    async send(notification, signal) {
      await post({ url, ...messageOf(notification) }, route, wallMs, signal);
      return { isConfirmed: true };
    },
    // A request would be an alert, or one that the receiver refuses: its certificate is what can be asked for.
    check: (signal) =>
      healthOf(signal, async () => {
        (await connectTo(url, route, signal)).destroy();
        return "connected";
      }),
  };
}
