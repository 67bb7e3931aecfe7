import type { Context, LedgerCommitter, LedgerReader, PayloadOpener, Reads } from "@holdfast/engine";

/** How entries name what stands at a path of a tenant: audit knows no paths itself. */
export type ResourceAt = (reads: Reads, tenant: string, path: string) => Promise<string | undefined>;

/** What the audit operations look at. */
export interface Ledger {
  readonly origin: string;
  readonly publicKey: Uint8Array;
  readonly committer: Pick<LedgerCommitter, "head" | "checkpoint" | "checkpointNow">;
  readonly reader: LedgerReader;
  /** A fresh opener for each query: it must not outlive an erasure. */
  readonly payloadOpener: () => PayloadOpener;
  readonly isGlobal: (actor: string, reads: Reads) => Promise<boolean>;
  /** How entries name what stands at a path; undefined where nothing ever did. */
  readonly resourceAt: ResourceAt;
}

/** The tenant whose entries the caller may see; undefined for all of them. */
export async function visibleTenant(ledger: Ledger, context: Context): Promise<string | undefined> {
  const isElsewhere = context.tenant !== context.principal.tenant;
  return !isElsewhere && (await ledger.isGlobal(context.principal.actor, context.reads)) ? undefined : context.tenant;
}
