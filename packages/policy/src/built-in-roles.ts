import type { Condition } from "./condition.ts";
import { type Grant, globalRole } from "./grant.ts";
import { type Action, type Permission, type Resource } from "./permission.ts";

/** A role that every tenant has; `under` names the role above it in the tree, which includes all of it. */
export interface BuiltInRole extends Grant {
  readonly under?: string;
  readonly description: string;
}

const anyDepth = "**";

/**
 * `delete` is left to administrators and developers because it includes destroy. Below tenant-admin nobody writes a
 * namespace: who sets a path's environment decides who meets a condition on it.
 */
export const builtInRoles: readonly BuiltInRole[] = [
  {
    role: globalRole,
    description: "Everything, in every tenant.",
    permissions: [{ resource: "*", pattern: anyDepth, action: "*" }],
    conditions: [],
  },
  {
    role: "tenant-admin",
    under: globalRole,
    description: "Everything in its own tenant.",
    permissions: [
      ...on(["config", "secret", "namespace", "policy", "audit"], ["admin"]),
      { resource: "tenant", pattern: "", action: "admin" },
    ],
    conditions: [],
  },
  {
    role: "operator",
    under: "tenant-admin",
    description: "Reads and writes configuration and secrets, and rotates secrets.",
    permissions: [
      ...on(["config", "secret"], ["read", "write", "list"]),
      ...on(["secret"], ["rotate"]),
      ...namespaces(),
    ],
    conditions: [],
  },
  {
    role: "writer",
    under: "operator",
    description: "An operator without rotation.",
    permissions: [...on(["config", "secret"], ["read", "write", "list"]), ...namespaces()],
    conditions: [],
  },
  {
    role: "developer",
    under: "tenant-admin",
    description: "Reads, writes and deletes in development and staging.",
    permissions: [...on(["config", "secret"], ["read", "write", "delete", "list"]), ...namespaces()],
    conditions: [environmentIn("development", "staging")],
  },
  {
    role: "viewer",
    under: "tenant-admin",
    description: "Reads.",
    permissions: [...on(["config", "secret"], ["read", "list"]), ...namespaces()],
    conditions: [],
  },
  {
    role: "security-auditor",
    under: globalRole,
    description: "Reads the audit ledger.",
    permissions: on(["audit"], ["read", "list"]),
    conditions: [],
  },
];

const aliases: ReadonlyMap<string, string> = new Map([
  ["admin", "tenant-admin"],
  ["auditor", "security-auditor"],
  ["reader", "viewer"],
]);

const byName: ReadonlyMap<string, BuiltInRole> = new Map(builtInRoles.map((role) => [role.role, role]));

/** The built-in role of this name or alias, exactly as spelled. */
export function builtInRole(name: string): BuiltInRole | undefined {
  return byName.get(aliases.get(name) ?? name);
}

function on(resources: readonly Resource[], actions: readonly Action[]): readonly Permission[] {
  return resources.flatMap((resource) => actions.map((action) => ({ resource, pattern: anyDepth, action })));
}

function namespaces(): readonly Permission[] {
  return on(["namespace"], ["read", "list"]);
}

function environmentIn(...oneOf: readonly string[]): Condition {
  return { kind: "environment", oneOf };
}
