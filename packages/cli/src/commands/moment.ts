import { secondsOf } from "./token/seconds.ts";

/** A moment as the server takes it: RFC 3339 in UTC as given, or so long ago. */
export function momentOf(text: string | undefined, nowMs: number): string | undefined {
  if (text === undefined || text.includes("T")) return text;
  return new Date(nowMs - secondsOf(text) * 1000).toISOString();
}
