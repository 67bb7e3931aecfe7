import { dial, type DialOptions, placeOf, type Target } from "../net/dial.ts";
import { secure, type TlsMaterial } from "../net/secure.ts";
import { exchange, type Post, type Reply } from "./exchange.ts";
import { replyError } from "./reply-error.ts";

/** How a receiver of HTTP is reached. */
export interface HttpRoute extends DialOptions {
  readonly tls: TlsMaterial;
  /** From the request until the head of the answer. */
  readonly responseTimeoutMs: number;
  /** Redirects that keep the method (307, 308) are followed to the same origin only, and only when this says so. */
  readonly followsSameOrigin: boolean;
}

const MOST_REDIRECTS = 3;

/** Posts, and returns when the other side said that it has it: any 2xx. */
export async function post(first: Post, route: HttpRoute, nowMs: () => number, signal: AbortSignal): Promise<void> {
  let current = first;
  for (let redirects = 0; ; redirects += 1) {
    const place = placeOf(targetOf(current.url));
    const reply = await postOnce(current, route, signal);
    const next = redirects < MOST_REDIRECTS ? followed(current.url, reply, route) : undefined;
    if (next === undefined) {
      const error = replyError(reply, place, nowMs());
      if (error !== undefined) throw error;
      return;
    }
    current = { ...current, url: next };
  }
}

async function postOnce(request: Post, route: HttpRoute, signal: AbortSignal): Promise<Reply> {
  const place = placeOf(targetOf(request.url));
  const socket = await connectTo(request.url, route, signal);
  return exchange(socket, request, place, route.responseTimeoutMs, signal);
}

/** A connection to where a URL leads, secure when it says so. */
export async function connectTo(url: URL, route: HttpRoute, signal: AbortSignal) {
  const target = targetOf(url);
  const socket = await dial(target, route, signal);
  if (url.protocol === "http:") return socket;
  return secure(socket, target, route.tls, route.timeoutMs, signal);
}

/** Host and port of a URL. */
function targetOf({ hostname, port, protocol }: URL): Target {
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, port: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port) };
}

/** Where a redirect may lead; undefined when it is none, or one that is refused (ATTACKS 34). */
function followed(from: URL, { status, location }: Reply, { followsSameOrigin }: HttpRoute): URL | undefined {
  if (!followsSameOrigin || (status !== 307 && status !== 308) || location === undefined) return undefined;
  const to = URL.parse(location, from.href);
  return to?.origin === from.origin ? to : undefined;
}
