import { generateLoad } from "../load/generate.ts";
import type { LoadResult } from "../load/plan.ts";
import type { Child } from "../server/child.ts";
import { keys } from "../server/filled-folder.ts";
import type { Workload } from "./workload.ts";

export const connections = 64;
export const valueBytes = 100;
/** More than any server here answers; a bound all the same. */
const mostPerSecond = 250_000;

/** One timed load on a server, with what it cost the server. */
export interface Sample extends LoadResult {
  readonly perSecond: number;
  /** Processor time of the server, all of its threads, for each request. */
  readonly cpuMicroseconds: number;
}

export async function loadServer(
  server: { readonly child: Child; readonly socket: string },
  { readsOfTen }: Workload,
  { warmUpSeconds, seconds }: { readonly warmUpSeconds: number; readonly seconds: number },
): Promise<Sample> {
  const cpuBefore = server.child.cpuSeconds();
  const result = await generateLoad({
    socket: server.socket,
    connections,
    readsOfTen,
    keys,
    valueBytes,
    warmUpSeconds,
    seconds,
    maxRequests: Math.ceil((warmUpSeconds + seconds) * mostPerSecond),
  });
  const cpuSeconds = server.child.cpuSeconds() - cpuBefore;
  return {
    ...result,
    perSecond: result.requests / result.seconds,
    cpuMicroseconds: (cpuSeconds / result.sent) * 1e6,
  };
}
