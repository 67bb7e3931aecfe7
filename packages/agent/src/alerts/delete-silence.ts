import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { loadSilences, silencesFootprint, silencesTable } from "./silences.ts";

/** `silence.delete`: people are told again, of what is raised from now on. */
export async function deleteSilence({ reads, tenant }: Context, { params }: Input): Promise<Plan> {
  const id = params["silence"] as string;
  const silence = (await loadSilences(reads, tenant)).find((one) => one.id === id);
  if (silence === undefined) throw new Refusal("not_found", "There is no such silence.");
  const { rule, dedupKey, rev } = silence;
  return {
    output: { silence: id, deleted: true },
    changes: [{ delete: silencesTable, key: { tenant, id }, expect: rev }],
    writes: [silencesFootprint(tenant)],
    resource: `silence:${id}`,
    facts: { rule, dedupKey },
  };
}
