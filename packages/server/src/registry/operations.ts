import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import { create } from "./create.ts";
import { remove } from "./delete.ts";
import { destroy } from "./destroy.ts";
import { history } from "./history.ts";
import { list } from "./list.ts";
import { put } from "./put.ts";
import { read } from "./read.ts";
import { readVersion } from "./read-version.ts";
import type { Registry } from "./registry.ts";
import type { Kind } from "./store.ts";
import { tree } from "./tree.ts";
import { undelete } from "./undelete.ts";

type Definition = (name: string) => OperationDefinition;

export function registryOperations(definition: Definition, registry: Registry): Operation[] {
  return [
    ...keyOperations(definition, registry, "secret"),
    ...keyOperations(definition, registry, "config"),
    implement(definition("registry.tree"), (context, input) => tree(registry, context, input)),
  ];
}

/** Secrets and configuration are one family: the same verbs, apart in name and permission. */
function keyOperations(definition: Definition, registry: Registry, kind: Kind): Operation[] {
  const of = (verb: string) => definition(`${kind}.${verb}`);
  return [
    implement(of("create"), (context, input) => create(registry, kind, context, input)),
    implement(of("read"), (context, input) => read(registry, kind, context, input)),
    implement(of("read-version"), (context, input) => readVersion(registry, kind, context, input)),
    implement(of("put"), (context, input) => put(registry, kind, context, input)),
    implement(of("delete"), (context, input) => remove(kind, context, input)),
    implement(of("undelete"), (context, input) => undelete(kind, context, input)),
    implement(of("destroy"), (context, input) => destroy(registry, kind, context, input)),
    implement(of("history"), (context, input) => history(kind, context, input)),
    implement(of("list"), (context, input) => list(registry, kind, context, input)),
  ];
}
