/** Front door of queries: one SELECT of a person over what the agent has seen. */
export { queryOperations } from "./operations.ts";
export type { QueryParts, QueryRequest, RunQuery } from "./run-query.ts";
