import type { ProblemCode } from "../../errors.ts";
import * as field from "../../fields.ts";

/** What the operations of secrets and of configuration share, apart in name, path and permission. */
export interface Family {
  readonly kind: "secret" | "config";
  readonly at: (suffix: string) => { path: string; aliases?: readonly string[] };
  readonly needs: (action: string) => { resource: string; path: string; action: string };
}

export const key = field.path("Canonical path of the key; it may hold slashes.");
export const spans = ["key"] as const;
export const gone: readonly ProblemCode[] = ["path_not_canonical", "not_found", "deleted", "destroyed"];
