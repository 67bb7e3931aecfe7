import type { Context, Input, Plan } from "@holdfast/engine";

/** Result of verifying the whole ledger, as the contract shows it. */
export interface Verification {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  readonly firstBad?: { readonly seq: number; readonly reason: string };
  readonly state?: {
    readonly ok: boolean;
    readonly rows: number;
    readonly unexplained: readonly { readonly table: string; readonly key: string; readonly reason: string }[];
  };
  readonly durationMs: number;
}

export type Verify = (options: { readonly state: boolean; readonly signal: AbortSignal }) => Promise<Verification>;

export function verify(run: Verify) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const state = input.body["state"] === true;
    const output = await run({ state, signal: context.signal });
    return { output, facts: { state, ok: output.ok, firstBad: output.firstBad } };
  };
}
