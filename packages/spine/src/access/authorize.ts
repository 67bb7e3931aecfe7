import type { AccessRequest, Decision, Principal, Reads } from "@holdfast/engine";
import {
  type Action,
  type Authorizer,
  compile,
  type Explanation,
  globalRole,
  grantsWithin,
  Holdings,
  type Request,
  type Resource,
} from "@holdfast/policy";
import { loadNamespaces, namespaceOfPath } from "../tenants/index.ts";
import { loadGrants, loadRoles, roleGrant, type StoredGrant, type StoredRole } from "./store.ts";

interface Compiled {
  readonly grants: readonly StoredGrant[];
  readonly roles: ReadonlyMap<string, StoredRole>;
  readonly holdings: Holdings;
  readonly authorizer: Authorizer;
  readonly isGlobal: boolean;
}

const MAX_COMPILED = 10_000;
const GLOBAL_DENIED: Decision = { allowed: false, reason: "no_permission", missing: [`role ${globalRole}`] };

/**
 * Decides for principals, with one compiled index for each actor and tenant. An index is as good as the cached rows it
 * was compiled from: other row objects, other index.
 */
export class Access {
  readonly #compiled = new Map<string, Compiled>();

  async authorize(principal: Principal, tenant: string, request: AccessRequest, reads: Reads): Promise<Decision> {
    const compiled = await this.compiled(principal.actor, tenant, reads);
    if (request.scope === "global" && !compiled.isGlobal) return GLOBAL_DENIED;
    return compiled.authorizer.decide(await withAttributes(tenant, request, reads));
  }

  /** The same decision with every rule that was considered. */
  async explain(actor: string, tenant: string, request: AccessRequest, reads: Reads): Promise<Explanation> {
    const compiled = await this.compiled(actor, tenant, reads);
    return compiled.authorizer.explain(await withAttributes(tenant, request, reads));
  }

  /** Whether the actor may act in every tenant. */
  async isGlobal(actor: string, reads: Reads): Promise<boolean> {
    return (await loadGrants(reads, actor)).some((grant) => grant.role === globalRole);
  }

  async compiled(actor: string, tenant: string, reads: Reads): Promise<Compiled> {
    const [grants, roles] = [await loadGrants(reads, actor), await loadRoles(reads, tenant)];
    const key = `${actor} ${tenant}`;
    const known = this.#compiled.get(key);
    if (known !== undefined && known.grants === grants && known.roles === roles) return known;
    const compiled = compileFor(tenant, grants, roles);
    if (this.#compiled.size >= MAX_COMPILED) this.#compiled.clear();
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

function compileFor(tenant: string, grants: readonly StoredGrant[], roles: ReadonlyMap<string, StoredRole>): Compiled {
  const speaking = grantsWithin(tenant, grants);
  const held = speaking.map((grant) => roleGrant(grant.role, roles)).filter((grant) => grant !== undefined);
  const isGlobal = speaking.some((grant) => grant.role === globalRole);
  return { grants, roles, holdings: new Holdings(held), authorizer: compile(held), isGlobal };
}

/** Attributes come from what the server holds: here the environment of the path, from its namespace. */
async function withAttributes(tenant: string, request: AccessRequest, reads: Reads): Promise<Request> {
  const namespaces = request.path === "" ? undefined : await loadNamespaces(reads, tenant);
  const environment = namespaces === undefined ? undefined : namespaceOfPath(namespaces, request.path)?.environment;
  return {
    resource: request.resource as Resource,
    path: request.path,
    action: request.action as Action,
    attributes: environment === undefined ? {} : { environment },
  };
}
