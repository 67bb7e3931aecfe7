import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import { createTenant, type Furnish } from "./create-tenant.ts";
import { deleteNamespace } from "./delete-namespace.ts";
import { deleteTenant } from "./delete-tenant.ts";
import { listNamespaces } from "./list-namespaces.ts";
import { listTenants } from "./list-tenants.ts";
import { readNamespace } from "./read-namespace.ts";
import { writeNamespace } from "./write-namespace.ts";

export function tenantsOperations(definition: (name: string) => OperationDefinition, furnish: Furnish): Operation[] {
  return [
    implement(definition("tenant.create"), createTenant(furnish)),
    implement(definition("tenant.list"), listTenants),
    implement(definition("tenant.delete"), deleteTenant),
    implement(definition("namespace.write"), writeNamespace),
    implement(definition("namespace.read"), readNamespace),
    implement(definition("namespace.delete"), deleteNamespace),
    implement(definition("namespace.list"), listNamespaces),
  ];
}
