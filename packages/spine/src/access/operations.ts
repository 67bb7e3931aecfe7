import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import type { Access } from "./authorize.ts";
import { deleteRole } from "./delete-role.ts";
import { type ActorOfAccessor, explainDecision } from "./explain.ts";
import { type ActorExists, listGrants, revokeGrant, writeGrant } from "./grant.ts";
import { listRoles, readRole } from "./read-role.ts";
import { writeRole } from "./write-role.ts";

/** Questions about principals, which access itself knows as opaque ids only. */
export interface ActorDirectory {
  readonly exists: ActorExists;
  readonly ofAccessor: ActorOfAccessor;
}

export function accessOperations(
  definition: (name: string) => OperationDefinition,
  access: Access,
  actors: ActorDirectory,
): Operation[] {
  return [
    implement(definition("role.write"), writeRole(access)),
    implement(definition("role.list"), listRoles),
    implement(definition("role.read"), readRole),
    implement(definition("role.delete"), deleteRole),
    implement(definition("grant.write"), writeGrant(access, actors.exists)),
    implement(definition("grant.list"), listGrants),
    implement(definition("grant.revoke"), revokeGrant(access)),
    implement(definition("decision.explain"), explainDecision(access, actors.ofAccessor)),
  ];
}
