/** Front door of audit: what the ledger says, and that it holds. */
export type { Ledger, ResourceAt } from "./ledger.ts";
export { auditOperations } from "./operations.ts";
export type { Verification, Verify } from "./verify.ts";
