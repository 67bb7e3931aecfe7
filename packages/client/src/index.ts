export { type Client, createClient } from "./client.ts";
export { ClientError, type ClientErrorCode, type FieldError } from "./errors.ts";
export type { Confirmed } from "./ledger/confirm.ts";
export { fileHeads } from "./ledger/file-heads.ts";
export { type HeadStore, memoryHeads, type RememberedHead } from "./ledger/head-store.ts";
export { type ProvenEntry, verifyProof } from "./ledger/verify-proof.ts";
export type { AddressOptions, AnswerFacts, CallOptions, ClientOptions, SocketOptions } from "./options.ts";
