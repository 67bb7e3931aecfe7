import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { keyOf, loadHead, requireLive } from "./head.ts";
import { loadVersion } from "./load-version.ts";
import { openVersion } from "./open-version.ts";
import type { Registry } from "./registry.ts";
import type { Kind } from "./store.ts";
import { infoOf } from "./version-info.ts";

/** `K.read-version`: one version with its value, while it is live. */
export async function readVersion({ keyring }: Registry, kind: Kind, context: Context, input: Input): Promise<Plan> {
  const number = input.params["version"] as number;
  const head = keyOf(await loadHead(context.reads, context.tenant, input.params["key"] as string), kind);
  const version = number === head.latest.version ? head.latest : await loadVersion(context, head.node, number);
  if (version === undefined) throw new Refusal("not_found", `There is no version ${number}.`);
  requireLive(version);
  return openVersion(keyring, context, head, version, infoOf(version));
}
