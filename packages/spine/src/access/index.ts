/** Front door of access: roles, grants, and decisions about principals that it knows by opaque ids only. */
export { Access } from "./authorize.ts";
export { planGrant } from "./grant.ts";
export { grantChanges } from "./grant-changes.ts";
export { accessOperations, type ActorDirectory } from "./operations.ts";
export { accessTables, grantsTable, loadGrants } from "./store.ts";
