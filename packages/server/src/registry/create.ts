import type { Context, Input, Plan } from "@holdfast/engine";
import { canonical } from "./canonical.ts";
import { contentOf } from "./content.ts";
import { expectationOf, mustBeFree } from "./expectation.ts";
import type { Registry } from "./registry.ts";
import type { Kind } from "./store.ts";
import { writeVersion } from "./write-version.ts";

/** `K.create`: the first version of a key, or the next of one whose latest is deleted or destroyed. */
export async function create(registry: Registry, kind: Kind, context: Context, input: Input): Promise<Plan> {
  const path = canonical(input.body["key"] as string);
  const content = contentOf(input.body, registry.maxValueBytes);
  const asked = expectationOf(input);
  const plan = await writeVersion(registry, kind, context, path, content, mustBeFree);
  if (asked !== undefined && asked.version !== 0) throw asked.refusal(0);
  return { ...plan, status: 201 };
}
