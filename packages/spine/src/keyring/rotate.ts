import { type Context, type Plan, Refusal } from "@holdfast/engine";
import type { Keks } from "./keks.ts";
import { viewsOf } from "./list-keys.ts";
import { kekFootprint, retired } from "./store.ts";

/** KEKs of one tenant that may wait for their last reference at a time. */
const MAX_RETIRING = 64;

/** `key.rotate`: a new active KEK; what was planned under the old one is planned again. */
export async function rotate(keks: Keks, context: Context): Promise<Plan> {
  const { reads, tenant, now } = context;
  const { active, byVersion } = await keks.ring(reads, tenant);
  if (byVersion.size > MAX_RETIRING) {
    throw new Refusal("conflict", "Too many old keys are still in use.", {
      hint: "Old keys end once the sweep has moved what they wrap; wait for it.",
    });
  }
  const version = active.version + 1;
  const created = { version, state: "active", createdAt: new Date(now).toISOString(), references: 0 };
  const before = await viewsOf(reads, tenant);
  return {
    output: {
      items: [
        created,
        ...before.map((view) => (view.version < active.version ? view : { ...view, state: "retiring" })),
      ],
    },
    changes: [keks.create(tenant, version, now), retired(active)],
    writes: [kekFootprint(tenant)],
    resource: "key",
    facts: { version },
  };
}
