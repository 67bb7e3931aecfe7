import { keyOf, type LoadPlan } from "./plan.ts";

/** Requests are put together once; a connection only picks one. */
export interface Requests {
  readonly reads: readonly Buffer[];
  readonly writes: readonly Buffer[];
}

export function requestsOf({ keys, valueBytes }: Pick<LoadPlan, "keys" | "valueBytes">): Requests {
  const body = JSON.stringify({ value: "v".repeat(valueBytes) });
  const target = (index: number) => `/api/secrets/${keyOf(index)} HTTP/1.1\r\nHost: bench\r\n`;
  const indexes = Array.from({ length: keys }, (_, index) => index);
  return {
    reads: indexes.map((index) => Buffer.from(`GET ${target(index)}\r\n`)),
    writes: indexes.map((index) =>
      Buffer.from(
        `PUT ${target(index)}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ),
    ),
  };
}
