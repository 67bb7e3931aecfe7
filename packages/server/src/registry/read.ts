import type { Context, Input, Plan } from "@holdfast/engine";
import { keyOf, loadHead, requireLive } from "./head.ts";
import { openVersion } from "./open-version.ts";
import type { Registry } from "./registry.ts";
import type { Kind } from "./store.ts";
import { whenReady } from "./when-ready.ts";

/** `K.read`: the current version with its value. Nothing of it touches storage when the cache holds path and DEK. */
export function read({ keyring }: Registry, kind: Kind, context: Context, input: Input): Plan | Promise<Plan> {
  const path = input.params["key"] as string;
  return whenReady(loadHead(context.reads, context.tenant, path), (found) => {
    const head = keyOf(found, kind);
    requireLive(head.latest);
    return openVersion(keyring, context, head, head.latest, head.info);
  });
}
