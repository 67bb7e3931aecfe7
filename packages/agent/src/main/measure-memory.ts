import { memoryOfTree, nextPressure, type TreeMemory } from "@holdfast/runtime";
import { giveBackFree, giveBackProgram } from "./give-back.ts";

/** Two as the watch begins, and one half a minute later. */
const LOOKS_OF_START = 3;

/** What a look at memory does; what else stands in its place is a test. */
export interface MemoryActions {
  readonly giveBackFree: () => void;
  readonly giveBackProgram: () => void;
  readonly memoryOfTree: () => TreeMemory;
}

/**
 * Measures what is used. What is free goes before; and once, when the start is over, and whenever memory is short, what is
 * nothing but a copy of Node's file: that is the first to give way.
 */
export function measureMemory(
  budgetBytes: number,
  actions: MemoryActions = { giveBackFree, giveBackProgram, memoryOfTree },
): () => TreeMemory {
  let looks = 0;
  return () => {
    actions.giveBackFree();
    const memory = actions.memoryOfTree();
    const isShort = nextPressure("normal", memory.bytes, budgetBytes) !== "normal";
    if (++looks !== LOOKS_OF_START && !isShort) return memory;
    actions.giveBackProgram();
    return actions.memoryOfTree();
  };
}
