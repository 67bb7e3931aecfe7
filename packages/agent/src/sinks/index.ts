/** Front door of sinks: where notifications go, and what became of those that did not arrive. */
export { type NotifierParts, NotifierSinks } from "./notifier-sinks.ts";
export { sinkOperations } from "./operations.ts";
export type { Chosen, LetterPage, Sinks } from "./sinks.ts";
