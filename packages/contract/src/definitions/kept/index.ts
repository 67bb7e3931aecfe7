import type { OperationDefinition } from "../../definition.ts";
import { deletion } from "./delete.ts";
import { destruction } from "./destroy.ts";
import type { Family } from "./family.ts";
import { history } from "./history.ts";
import { listing } from "./list.ts";
import { reading } from "./read.ts";
import { writing } from "./write.ts";

/** Secrets and configuration are one family of verbs. */
export function kept(kind: Family["kind"]): OperationDefinition[] {
  const base = `/api/${kind}s`;
  const at = (suffix: string) => ({
    path: `${base}${suffix}`,
    // Clients that know only secrets write /secrets without a prefix; there is no such form for configuration.
    ...(kind === "secret" && { aliases: [`/secrets${suffix}`] }),
  });
  const needs = (action: string) => ({ resource: kind, path: "key", action });
  const family = { kind, at, needs };
  return [
    ...writing(family),
    ...reading(family),
    ...deletion(family),
    destruction(family),
    history(family),
    listing(family),
  ];
}
