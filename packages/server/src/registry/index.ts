/** Front door of the registry: paths, their versions, and the tree they form. */
export { loadNode } from "./head.ts";
export { loadHead } from "./head.ts";
export { registryOperations } from "./operations.ts";
export type { Registry } from "./registry.ts";
export { standingTree } from "./standing-tree.ts";
export { type Node, registryTables } from "./store.ts";
