import type { Reads, StoredRow, Table } from "@holdfast/engine";

export const silencesTable: Table = {
  name: "silences",
  columns: {
    tenant: "text",
    id: "text",
    rule: "text?",
    dedup_key: "text?",
    note: "text",
    created_at: "integer",
    created_by: "text",
    expires_at: "integer",
  },
  key: ["tenant", "id"],
  indexes: [["tenant", "expires_at"]],
};

export interface Silence {
  readonly id: string;
  readonly rule: string | undefined;
  readonly dedupKey: string | undefined;
  readonly note: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
  readonly rev: number;
}

/** Silences at a time: each is looked at for each alert that is raised. */
export const MAX_SILENCES = 1000;

export const silencesFootprint = (tenant: string): string => `silences:${tenant}`;

/** All that are kept, those that are over included: whoever asks compares their end with a time of its own. */
export function loadSilences(reads: Reads, tenant: string): readonly Silence[] | Promise<readonly Silence[]> {
  return reads.cached(silencesFootprint(tenant), async () => {
    const sql = "SELECT * FROM silences WHERE tenant = ? ORDER BY expires_at, id LIMIT ?";
    return (await reads.rows(silencesTable, sql, [tenant, MAX_SILENCES])).map(silenceOf);
  });
}

/** The silence that keeps people from hearing of an alert; the one that holds longest when there are several. */
export async function silenceFor(
  reads: Reads,
  tenant: string,
  alert: { readonly rule: string; readonly dedupKey: string },
  now: number,
): Promise<Silence | undefined> {
  const silences = await loadSilences(reads, tenant);
  return silences.findLast(
    (silence) =>
      silence.expiresAt > now &&
      (silence.rule ?? alert.rule) === alert.rule &&
      (silence.dedupKey ?? alert.dedupKey) === alert.dedupKey,
  );
}

function silenceOf({ row, rev }: StoredRow): Silence {
  return {
    id: row["id"] as string,
    rule: (row["rule"] as string | null) ?? undefined,
    dedupKey: (row["dedup_key"] as string | null) ?? undefined,
    note: row["note"] as string,
    createdAt: row["created_at"] as number,
    createdBy: row["created_by"] as string,
    expiresAt: row["expires_at"] as number,
    rev,
  };
}
