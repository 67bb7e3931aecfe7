import type { Context, Input, Plan } from "@holdfast/engine";
import { contentOf } from "./content.ts";
import { expectationOf } from "./expectation.ts";
import type { Registry } from "./registry.ts";
import type { Kind } from "./store.ts";
import { writeVersion } from "./write-version.ts";

/** `K.put`: the next version of a key, the first when the path is free. */
export function put(registry: Registry, kind: Kind, context: Context, input: Input): Promise<Plan> {
  const content = contentOf(input.body, registry.maxValueBytes);
  return writeVersion(registry, kind, context, input.params["key"] as string, content, expectationOf(input));
}
