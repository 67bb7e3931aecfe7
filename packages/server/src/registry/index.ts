/** Front door of the registry: paths, their versions, and the tree they form. */
export { registryOperations } from "./operations.ts";
export type { Registry } from "./registry.ts";
export { resourceAt } from "./resource-at.ts";
export { standingTree } from "./standing-tree.ts";
export { registryTables } from "./store.ts";
