/** Front door of identity: actors, and the credentials by which they are believed. */
export { actorDirectory } from "./actor-directory.ts";
export { firstAdministrator } from "./first-administrator.ts";
export { identifyWith } from "./identify.ts";
export { identityOperations } from "./operations.ts";
export { identityTables } from "./store.ts";
export { isTokenSweepDue, tokenSweep } from "./sweep-tokens.ts";
export { loadSystemActors, newSystemActors, type SystemActors } from "./system-actors.ts";
