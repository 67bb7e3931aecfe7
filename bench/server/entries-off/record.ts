import type { Attempt } from "../../../packages/engine/src/gate/attempt.ts";
import type { Call } from "../../../packages/engine/src/gate/call.ts";
import type { GateDependencies } from "../../../packages/engine/src/gate/dependencies.ts";

const noEntry = { tenant: "", actor: "", action: "", resource: "", outcome: "ok", reason: "" } as const;
const noPayload = { commitment: new Uint8Array(32), sealed: new Uint8Array(0) };

/** Changes become durable; what changes nothing is not submitted at all. No payload is put together or sealed. */
export async function recordAttempt(
  { committer, hashRow }: GateDependencies,
  _call: Call,
  { reads, seen, changes, writes, plan }: Attempt,
): Promise<number | undefined> {
  const all = [...changes, ...(plan?.changes ?? [])];
  if (all.length === 0) return committer.position;
  const result = await committer.submit({
    entry: noEntry,
    payload: noPayload,
    changes: all.map((change) => ({ change, hash: hashRow(change) })),
    reads: reads.keys,
    writes: [...writes, ...(plan?.writes ?? [])],
    seen,
  });
  return result.status === "committed" ? result.seq : undefined;
}

export const recordFinal = ({ committer }: GateDependencies): Promise<number | undefined> =>
  Promise.resolve(committer.position);

export const recordDuty = recordFinal;
