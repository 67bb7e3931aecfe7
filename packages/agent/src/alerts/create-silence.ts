import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { newId } from "@holdfast/kernel/id";
import { loadSilences, MAX_SILENCES, type Silence, silencesFootprint, silencesTable } from "./silences.ts";
import { silenceView } from "./view.ts";

/** `silence.create`: names a rule, a key or both; one that names nothing would silence everything. */
export async function createSilence(context: Context, { body }: Input): Promise<Plan> {
  const { reads, tenant, now, principal } = context;
  const { rule, dedupKey, note } = body as Readonly<Record<string, string | undefined>>;
  insistOnSubject(rule, dedupKey);
  await insistOnRoom(context);
  reads.touch(silencesFootprint(tenant));
  const silence: Silence = {
    id: newId("si", random(16)),
    rule,
    dedupKey,
    note: note ?? "",
    createdAt: now,
    createdBy: principal.actor,
    expiresAt: now + (body["ttlSeconds"] as number) * 1000,
    rev: 0,
  };
  const row = {
    tenant,
    id: silence.id,
    rule: rule ?? null,
    dedup_key: dedupKey ?? null,
    note: silence.note,
    created_at: now,
    created_by: principal.actor,
    expires_at: silence.expiresAt,
  };
  return {
    output: silenceView(silence),
    changes: [{ put: silencesTable, row, expect: 0 }],
    writes: [silencesFootprint(tenant)],
    resource: `silence:${silence.id}`,
    facts: { rule, dedupKey, note, expiresAt: silence.expiresAt },
  };
}

function insistOnSubject(rule: string | undefined, dedupKey: string | undefined): void {
  if (rule !== undefined || dedupKey !== undefined) return;
  const message = "names neither a rule nor a key";
  throw new Refusal("invalid_input", "A silence names a rule, a key, or both.", {
    hint: "Nothing silences everything; name what is too loud.",
    errors: [{ pointer: "/body", message }],
  });
}

async function insistOnRoom({ reads, tenant }: Context): Promise<void> {
  if ((await loadSilences(reads, tenant)).length < MAX_SILENCES) return;
  throw new Refusal("conflict", `There are ${MAX_SILENCES} silences already.`, {
    hint: "End some of them; those that are over go within a minute.",
  });
}
