/** Front door of the registry: paths, their versions, and the tree they form. */
export { loadHead } from "./head.ts";
export { registryOperations } from "./operations.ts";
export type { Registry } from "./registry.ts";
export { standingTree } from "./standing-tree.ts";
export { registryTables } from "./store.ts";
