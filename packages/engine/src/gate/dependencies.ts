import type { AccessRequest, Decision, Principal, Reads } from "../operation.ts";
import type { SealedPayload } from "../submission.ts";
import type { Change } from "../table.ts";
import type { Logger } from "../logger.ts";
import type { Committer, Storage } from "../storage.ts";
import type { IdempotencyKeys } from "./idempotency.ts";
import type { FootprintCache } from "./footprint-cache.ts";
import type { RateVerdict } from "./rate-limit.ts";

export type { RateVerdict } from "./rate-limit.ts";

/** A credential as a door read it; nothing of it has been believed yet. */
export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "peer"; readonly uid: number }
  /** The server's own duties (sweeps, start-up); no door can make one. */
  | { readonly kind: "internal"; readonly principal: Principal };

/** What a credential verifier found, and what using the credential changes (use counts, lock-out counters). */
export interface Identification {
  readonly principal: Principal;
  readonly changes?: readonly Change[];
  readonly writes?: readonly string[];
}

/** Turns a credential into a principal, or throws `unauthenticated` without saying why. */
export type Identify = (credential: Credential, reads: Reads, now: number) => Identification | Promise<Identification>;

/** Admits the principal to the tenant that the call names (or to its own) or throws `forbidden`; returns the tenant id. */
type Fence = (principal: Principal, named: string | undefined, reads: Reads) => string | Promise<string>;

type Authorize = (
  principal: Principal,
  tenant: string,
  request: AccessRequest,
  reads: Reads,
) => Decision | Promise<Decision>;

/** Key that seals an entry's payload; when it is new, its row rides along with the operation that needed it. */
export interface PayloadKey {
  readonly changes: readonly Change[];
  readonly writes: readonly string[];
  seal(payload: Uint8Array): SealedPayload;
}

/** The key of tenant, subject and month: erasing a person destroys that person's keys and nobody else's. */
export type PayloadKeyOf = (
  subject: { readonly tenant: string; readonly actor: string },
  now: number,
  reads: Reads,
) => PayloadKey | Promise<PayloadKey>;

/**
 * Counts a call against the rate of its key. A limiter that asks elsewhere answers later; it never rejects, because what
 * cannot be counted there is counted here.
 */
export interface Limiter {
  take(key: string, nowMs: number): RateVerdict | Promise<RateVerdict>;
}

/** Numbers that the gate reports; a server maps them to its metrics. */
export interface GateMeter {
  operation(name: string, outcome: string, seconds: number): void;
  decision(seconds: number): void;
  replanned(): void;
  limited(): void;
}

/** Collaborators of the gate, handed in by the one place that wires a server or an agent. */
export interface GateDependencies {
  readonly committer: Committer;
  readonly storage: Storage;
  readonly cache: FootprintCache;
  readonly identify: Identify;
  readonly fence: Fence;
  readonly authorize: Authorize;
  readonly payloadKeyOf: PayloadKeyOf;
  readonly idempotency: IdempotencyKeys;
  readonly hashRow: (change: Change) => Uint8Array;
  readonly limits: {
    readonly address: Limiter | undefined;
    readonly actor: Limiter | undefined;
    /** On refused credentials of one address: entries that anyone can cause must not fill the disk. */
    readonly stranger?: Limiter | undefined;
  };
  /** Whom an entry names when no credential was believed. */
  readonly nobody: { readonly tenant: string; readonly actor: string };
  readonly node: string;
  readonly clock: () => number;
  readonly log: Logger;
  readonly meter: GateMeter;
}
