/** Front door of tenants: which there are, the fence between them, and the environments of their folders. */
export { type Furnish, newTenant } from "./create-tenant.ts";
export { admitToTenant } from "./fence.ts";
export { tenantsOperations } from "./operations.ts";
export { loadNamespaces, loadTenants, namespaceOfPath, namespacesTable, tenantsTables } from "./store.ts";
