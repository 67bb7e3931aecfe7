import type { Reads } from "@holdfast/engine";
import type { Keyring } from "@holdfast/spine/keyring";
import { loadNamespaces, namespaceOfPath } from "@holdfast/spine/tenants";
import { whenReady } from "./when-ready.ts";

/** What the registry's operations work with. */
export interface Registry {
  readonly keyring: Keyring;
  readonly maxValueBytes: number;
}

/** The environment of a path, own or inherited. */
export function environmentOf(
  reads: Reads,
  tenant: string,
  path: string,
): string | undefined | Promise<string | undefined> {
  return whenReady(loadNamespaces(reads, tenant), (namespaces) => namespaceOfPath(namespaces, path)?.environment);
}
