// Written by "npm run emit" from packages/contract/src; changes here are lost.

export interface SecretCreateInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Any JSON; with another contentType a string, with encoding "base64" bytes. At most 1 MiB. */
  readonly value: unknown;
  /** Media type of the value; application/json when left out. */
  readonly contentType?: string | undefined;
  /** The value is base64 of bytes. */
  readonly encoding?: 'base64' | undefined;
  /** Facts about the version: flat, and never a secret. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  /** Why this version was written. Never put a secret here. */
  readonly note?: string | undefined;
  /** Check-and-set: the version that must be current; 0 if there must be none. */
  readonly cas?: number | undefined;
}

export interface Version {
  /** Canonical path. */
  readonly key: string;
  readonly kind: 'secret' | 'config';
  /** Number of a version; the first is 1. */
  readonly version: number;
  readonly state: 'live' | 'deleted' | 'destroyed';
  /** Media type of the value. */
  readonly contentType: string;
  /** Given when the value is bytes. */
  readonly encoding?: 'base64';
  /** Facts about the version: flat, and never a secret. */
  readonly metadata: Readonly<Record<string, string | number | boolean | null>>;
  /** Why this version was written. Never put a secret here. */
  readonly note?: string;
  /** Bytes of the value as stored. */
  readonly size: number;
  /** When it was written. */
  readonly createdAt: string;
  /** Actor who wrote it. */
  readonly createdBy: string;
  /** Environment of the namespace it lies in. */
  readonly environment?: string;
}

export interface SecretPutInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Go on only if the current version has this ETag, such as "3" with its quotes. */
  readonly ifMatch?: string | undefined;
  /** Go on only if nothing is there yet. */
  readonly ifNoneMatch?: string | undefined;
  /** Any JSON; with another contentType a string, with encoding "base64" bytes. At most 1 MiB. */
  readonly value: unknown;
  /** Media type of the value; application/json when left out. */
  readonly contentType?: string | undefined;
  /** The value is base64 of bytes. */
  readonly encoding?: 'base64' | undefined;
  /** Facts about the version: flat, and never a secret. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  /** Why this version was written. Never put a secret here. */
  readonly note?: string | undefined;
  /** Check-and-set: the version that must be current; 0 if there must be none. */
  readonly cas?: number | undefined;
}

export interface SecretReadInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
}

export interface VersionWithValue {
  /** Canonical path. */
  readonly key: string;
  readonly kind: 'secret' | 'config';
  /** Number of a version; the first is 1. */
  readonly version: number;
  readonly state: 'live' | 'deleted' | 'destroyed';
  /** Media type of the value. */
  readonly contentType: string;
  /** Given when the value is bytes. */
  readonly encoding?: 'base64';
  /** Facts about the version: flat, and never a secret. */
  readonly metadata: Readonly<Record<string, string | number | boolean | null>>;
  /** Why this version was written. Never put a secret here. */
  readonly note?: string;
  /** Bytes of the value as stored. */
  readonly size: number;
  /** When it was written. */
  readonly createdAt: string;
  /** Actor who wrote it. */
  readonly createdBy: string;
  /** Environment of the namespace it lies in. */
  readonly environment?: string;
  /** JSON for application/json, else text, or base64 with encoding. */
  readonly value: unknown;
}

export interface SecretReadVersionInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Number of a version; the first is 1. */
  readonly version: number;
}

export interface SecretDeleteInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Go on only if the current version has this ETag, such as "3" with its quotes. */
  readonly ifMatch?: string | undefined;
}

export interface KeyState {
  /** Canonical path. */
  readonly key: string;
  /** The version this was done to. */
  readonly version: number;
  readonly state: 'live' | 'deleted';
}

export interface SecretUndeleteInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Number of a version; the first is 1. */
  readonly version?: number | undefined;
}

export interface SecretDestroyInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  readonly versions?: readonly number[] | undefined;
  /** All versions. */
  readonly all?: true | undefined;
}

export interface Destroyed {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  readonly destroyed: readonly number[];
  /** What must still happen before nothing at all could bring them back. */
  readonly pending: readonly string[];
}

export interface SecretHistoryInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** Only versions below this one. */
  readonly before?: number | undefined;
}

export interface VersionInfo {
  /** Number of a version; the first is 1. */
  readonly version: number;
  readonly state: 'live' | 'deleted' | 'destroyed';
  /** Media type of the value. */
  readonly contentType: string;
  /** Given when the value is bytes. */
  readonly encoding?: 'base64';
  /** Facts about the version: flat, and never a secret. */
  readonly metadata: Readonly<Record<string, string | number | boolean | null>>;
  /** Why this version was written. Never put a secret here. */
  readonly note?: string;
  /** Bytes of the value as stored. */
  readonly size: number;
  /** When it was written. */
  readonly createdAt: string;
  /** Actor who wrote it. */
  readonly createdBy: string;
}

export interface History {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  readonly items: readonly VersionInfo[];
  /** Send it as "before" to get what follows. */
  readonly next?: number;
}

export interface SecretListInput {
  /** Folder to look in, without slashes at its ends; all of the tenant when left out. */
  readonly prefix?: string | undefined;
  /** All keys below, without directories. */
  readonly recursive?: boolean | undefined;
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface ListedKey {
  /** Canonical path; that of a directory ends in a slash. */
  readonly key: string;
  readonly kind: 'secret' | 'config' | 'directory';
  /** Number of a version; the first is 1. */
  readonly version?: number;
  /** When the current version was written. */
  readonly updatedAt?: string;
}

export interface KeyList {
  readonly items: readonly ListedKey[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface ConfigCreateInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Any JSON; with another contentType a string, with encoding "base64" bytes. At most 1 MiB. */
  readonly value: unknown;
  /** Media type of the value; application/json when left out. */
  readonly contentType?: string | undefined;
  /** The value is base64 of bytes. */
  readonly encoding?: 'base64' | undefined;
  /** Facts about the version: flat, and never a secret. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  /** Why this version was written. Never put a secret here. */
  readonly note?: string | undefined;
  /** Check-and-set: the version that must be current; 0 if there must be none. */
  readonly cas?: number | undefined;
}

export interface ConfigPutInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Go on only if the current version has this ETag, such as "3" with its quotes. */
  readonly ifMatch?: string | undefined;
  /** Go on only if nothing is there yet. */
  readonly ifNoneMatch?: string | undefined;
  /** Any JSON; with another contentType a string, with encoding "base64" bytes. At most 1 MiB. */
  readonly value: unknown;
  /** Media type of the value; application/json when left out. */
  readonly contentType?: string | undefined;
  /** The value is base64 of bytes. */
  readonly encoding?: 'base64' | undefined;
  /** Facts about the version: flat, and never a secret. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  /** Why this version was written. Never put a secret here. */
  readonly note?: string | undefined;
  /** Check-and-set: the version that must be current; 0 if there must be none. */
  readonly cas?: number | undefined;
}

export interface ConfigReadInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
}

export interface ConfigReadVersionInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Number of a version; the first is 1. */
  readonly version: number;
}

export interface ConfigDeleteInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Go on only if the current version has this ETag, such as "3" with its quotes. */
  readonly ifMatch?: string | undefined;
}

export interface ConfigUndeleteInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Number of a version; the first is 1. */
  readonly version?: number | undefined;
}

export interface ConfigDestroyInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  readonly versions?: readonly number[] | undefined;
  /** All versions. */
  readonly all?: true | undefined;
}

export interface ConfigHistoryInput {
  /** Canonical path of the key; it may hold slashes. */
  readonly key: string;
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** Only versions below this one. */
  readonly before?: number | undefined;
}

export interface ConfigListInput {
  /** Folder to look in, without slashes at its ends; all of the tenant when left out. */
  readonly prefix?: string | undefined;
  /** All keys below, without directories. */
  readonly recursive?: boolean | undefined;
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface RegistryTreeInput {
  /** Folder to look in, without slashes at its ends; all of the tenant when left out. */
  readonly prefix?: string | undefined;
  /** Levels below the folder. */
  readonly depth?: number | undefined;
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface TreeItem {
  /** Canonical path. */
  readonly path: string;
  readonly kind: 'directory' | 'config' | 'secret';
  /** Number of a version; the first is 1. */
  readonly version?: number;
  /** Environment of the namespace it lies in. */
  readonly environment?: string;
}

export interface Tree {
  readonly items: readonly TreeItem[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface NamespaceWriteInput {
  /** Folder whose settings these are. */
  readonly path: string;
  /** development, staging, production or a name of your own. */
  readonly environment: string;
  /** Check-and-set: the version that must be current; 0 if there must be none. */
  readonly cas?: number | undefined;
}

export interface Namespace {
  /** The folder whose settings these are. */
  readonly path: string;
  /** development, staging, production or a name of your own. */
  readonly environment: string;
  /** The folder above that sets it, when this one does not. */
  readonly inheritedFrom?: string;
  /** Number of the settings, for check-and-set. */
  readonly version?: number;
}

export interface NamespaceReadInput {
  /** Folder whose settings these are. */
  readonly path: string;
}

export interface NamespaceDeleteInput {
  /** Folder whose settings these are. */
  readonly path: string;
}

export interface RemovedNamespace {
  /** Folder whose settings these are. */
  readonly path: string;
  readonly removed: true;
}

export interface NamespaceListInput {
  /** Folder to look in, without slashes at its ends; all of the tenant when left out. */
  readonly prefix?: string | undefined;
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface NamespaceList {
  readonly items: readonly Namespace[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface TokenCreateInput {
  /** For people; says what it is used for. */
  readonly name?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  /** Life in seconds; unlimited when left out. */
  readonly ttlSeconds?: number | undefined;
  /** Requests it is good for; unlimited when left out. */
  readonly uses?: number | undefined;
}

export interface CreatedToken {
  /** The token itself. */
  readonly token: string;
  /** Names a token without giving its power. */
  readonly accessor: string;
  /** Random id of an actor. */
  readonly actor: string;
  /** Name given when it was made. */
  readonly name?: string;
  readonly roles: readonly string[];
  /** When it was made. */
  readonly createdAt: string;
  /** When it ends. */
  readonly expiresAt?: string;
  /** Uses that remain. */
  readonly usesLeft?: number;
}

export interface TokenListInput {
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface TokenInfo {
  /** What the actor showed: a token, or the peer identity of a socket. */
  readonly credential: 'token' | 'peer';
  /** Names a token without giving its power. */
  readonly accessor?: string;
  /** Random id of an actor. */
  readonly actor: string;
  /** Name given when it was made. */
  readonly name?: string;
  readonly roles: readonly string[];
  /** When it was made. */
  readonly createdAt?: string;
  /** When it ends. */
  readonly expiresAt?: string;
  /** Uses that remain. */
  readonly usesLeft?: number;
}

export interface TokenList {
  readonly items: readonly TokenInfo[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface TokenLookupInput {
  /** The token itself. */
  readonly token?: string | undefined;
  /** Names a token without giving its power. */
  readonly accessor?: string | undefined;
}

export type TokenSelfInput = Record<string, never>;

export interface TokenRevokeInput {
  /** The token itself. */
  readonly token?: string | undefined;
  /** Names a token without giving its power. */
  readonly accessor?: string | undefined;
}

export interface RevokedToken {
  /** Names a token without giving its power. */
  readonly accessor: string;
  readonly revoked: true;
}

export type TokenRevokeSelfInput = Record<string, never>;

export interface RoleWriteInput {
  /** Name of the role. */
  readonly name: string;
  readonly permissions: readonly string[];
  readonly environments?: readonly string[] | undefined;
  /** What the role is for. */
  readonly description?: string | undefined;
}

export interface Role {
  /** Name of the role. */
  readonly name: string;
  readonly description?: string;
  readonly permissions: readonly string[];
  readonly environments?: readonly string[];
  /** Comes with Holdfast and cannot be changed. */
  readonly builtIn: boolean;
  /** Number of the role as stored. */
  readonly version?: number;
  /** When it was last written. */
  readonly updatedAt?: string;
}

export interface RoleListInput {
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface RoleList {
  readonly items: readonly Role[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface RoleReadInput {
  /** Name of the role. */
  readonly name: string;
}

export interface RoleDeleteInput {
  /** Name of the role. */
  readonly name: string;
}

export interface DeletedRole {
  /** Name of the role. */
  readonly name: string;
  readonly deleted: true;
}

export interface GrantWriteInput {
  /** Random id of an actor. */
  readonly actor: string;
  /** Role. */
  readonly role: string;
}

export interface Grant {
  /** Random id of an actor. */
  readonly actor: string;
  /** Role. */
  readonly role: string;
  /** When it was granted. */
  readonly grantedAt: string;
}

export interface GrantListInput {
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface GrantList {
  readonly items: readonly Grant[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface GrantRevokeInput {
  /** Random id of an actor. */
  readonly actor: string;
  /** Role. */
  readonly role: string;
}

export interface RevokedGrant {
  /** Random id of an actor. */
  readonly actor: string;
  /** Role. */
  readonly role: string;
  readonly revoked: true;
}

export interface DecisionExplainInput {
  /** Kind of resource, as in a permission. */
  readonly resource: string;
  /** Path of the resource; empty for none. */
  readonly path: string;
  /** Action, as in a permission. */
  readonly action: string;
  /** Names a token without giving its power. */
  readonly accessor?: string | undefined;
}

export interface ConsideredRule {
  readonly rule: string;
  readonly effect: 'allow' | 'deny' | 'none';
  /** Why it did or did not apply. */
  readonly why: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** The rule that decided, in words; "default deny" when none did. */
  readonly rule: string;
  /** What would have allowed it. */
  readonly missing: readonly string[];
  readonly considered: readonly ConsideredRule[];
}

export interface TenantCreateInput {
  /** Name of the tenant. */
  readonly name: string;
}

export interface Tenant {
  /** Random id, never used again. */
  readonly id: string;
  /** Name of the tenant. */
  readonly name: string;
  /** When it was made. */
  readonly createdAt: string;
}

export interface TenantListInput {
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface TenantList {
  readonly items: readonly Tenant[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface TenantDeleteInput {
  /** Name of the tenant. */
  readonly name: string;
}

export interface DeletedTenant {
  /** Random id, never used again. */
  readonly id: string;
  /** Name of the tenant. */
  readonly name: string;
  readonly deleted: true;
}

export type KeyListInput = Record<string, never>;

export interface KeyVersion {
  /** Version of the tenant’s key-encryption key. */
  readonly version: number;
  readonly state: 'active' | 'retiring' | 'destroyed';
  /** When it was made. */
  readonly createdAt: string;
  /** Data keys that it wraps. */
  readonly references: number;
}

export interface KeyVersions {
  readonly items: readonly KeyVersion[];
}

export type KeyRotateInput = Record<string, never>;

export interface AuditLogInput {
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** Only entries below this position. */
  readonly before?: number | undefined;
  /** Random id of an actor. */
  readonly actor?: string | undefined;
  /** Name of an operation. */
  readonly action?: string | undefined;
  readonly outcome?: 'ok' | 'denied' | 'failed' | 'conflict' | undefined;
  /** Resource as it stands in the entry, or its kind. */
  readonly resource?: string | undefined;
  /** Path of the resource. */
  readonly path?: string | undefined;
  /** Not before. */
  readonly since?: string | undefined;
  /** Before. */
  readonly until?: string | undefined;
}

export interface EntryView {
  /** Position in the ledger; entry 0 is the first. */
  readonly seq: number;
  /** When it was recorded. */
  readonly time: string;
  /** Random id of the tenant. */
  readonly tenant: string;
  /** Random id of the actor. */
  readonly actor: string;
  /** Name of the operation. */
  readonly action: string;
  /** kind:node-id@version */
  readonly resource: string;
  readonly outcome: 'ok' | 'denied' | 'failed' | 'conflict';
  /** Code of the refusal, or empty. */
  readonly reason: string;
  /** Path, while the payload is kept. */
  readonly path?: string;
  /** Where the call came from, while the payload is kept. */
  readonly address?: string;
  /** Credential used, while the payload is kept. */
  readonly accessor?: string;
  readonly requestId?: string;
}

export interface EntryList {
  readonly items: readonly EntryView[];
  /** Send it as "before" to get what follows. */
  readonly next?: number;
}

export interface AuditProveInput {
  /** Position in the ledger; entry 0 is the first. */
  readonly seq: number;
}

export interface EntryProof {
  /** Position in the ledger; entry 0 is the first. */
  readonly seq: number;
  /** C2SP tlog-proof. */
  readonly proof: string;
  /** The entry’s exact bytes. */
  readonly entry: string;
}

export interface AuditExportInput {
  /** First entry. */
  readonly start: number;
  /** Most entries; fewer come at the end. */
  readonly limit: number;
}

export interface AuditHeadInput {
  /** A size you have seen a head of. */
  readonly from?: number | undefined;
}

export interface SignedHead {
  /** Name of the log. */
  readonly origin: string;
  /** Entries. */
  readonly size: number;
  /** BLAKE3 of the last entry. */
  readonly chain: string;
  /** RFC 6962 root over all entries. */
  readonly root: string;
  /** Raised by each restore. */
  readonly epoch: number;
  /** Ed25519, base64. */
  readonly signature: string;
}

export interface Head {
  readonly head: SignedHead;
  /** C2SP tlog-checkpoint, the newest published. */
  readonly checkpoint: string;
  /** RFC 6962 proof from size `from` to the head. */
  readonly consistency?: readonly string[];
}

export type AuditCheckpointInput = Record<string, never>;

export type AuditKeyInput = Record<string, never>;

export interface LogKey {
  /** Name of the log. */
  readonly origin: string;
  /** C2SP signed-note verifier key. */
  readonly verifierKey: string;
}

export interface AuditVerifyInput {
  /** Check stored rows against the ledger as well. */
  readonly state?: boolean | undefined;
}

export interface BadEntry {
  /** Position in the ledger; entry 0 is the first. */
  readonly seq: number;
  readonly reason: string;
}

export interface UnexplainedRow {
  readonly table: string;
  readonly key: string;
  readonly reason: string;
}

export interface StateVerification {
  readonly ok: boolean;
  /** Rows checked. */
  readonly rows: number;
  readonly unexplained: readonly UnexplainedRow[];
}

export interface Verification {
  readonly ok: boolean;
  /** Entries checked. */
  readonly size: number;
  /** Root over them. */
  readonly root: string;
  readonly firstBad?: BadEntry;
  readonly state?: StateVerification;
  readonly durationMs: number;
}

export type StatusInput = Record<string, never>;

export interface LedgerStatus {
  readonly origin: string;
  /** Entries. */
  readonly size: number;
  readonly epoch: number;
  /** Entries under the newest checkpoint. */
  readonly checkpointSize: number;
  readonly checkpointAgeSeconds?: number;
  /** Entries verified since start. */
  readonly verifiedSize?: number;
}

export interface StorageStatus {
  readonly kind: string;
  readonly sizeBytes?: number;
  readonly freeBytes?: number;
  /** Version of the database server. */
  readonly server?: string;
  /** Whom the node is to the database. */
  readonly role?: string;
  /** How the database is verified: verify-full, verify-ca or none. */
  readonly tls?: string;
  /** Node that does what one of all nodes has to do. */
  readonly dutyHolder?: string;
  /** Entries of other nodes that this node has not heard of yet. */
  readonly behind?: number;
}

export interface SealStatus {
  readonly kind: string;
  readonly sealed: boolean;
  readonly detail?: string;
}

export interface Feature {
  readonly name: string;
  readonly state: 'available' | 'unavailable' | 'degraded';
  readonly detail: string;
}

export interface Status {
  /** Version of the server. */
  readonly version: string;
  readonly uptimeSeconds: number;
  /** Tenant of this call. */
  readonly tenant: string;
  /** Who you are here. */
  readonly actor: string;
  /** Which of several nodes answers. */
  readonly node?: string;
  readonly ledger: LedgerStatus;
  readonly storage: StorageStatus;
  readonly seal: SealStatus;
  readonly features: readonly Feature[];
}

export interface AlertListInput {
  /** Only alerts in this state. */
  readonly state?: 'open' | 'acknowledged' | undefined;
  /** Only alerts of this severity or a higher one. */
  readonly severity?: 'informational' | 'low' | 'medium' | 'high' | 'critical' | undefined;
  /** Only alerts of this rule. */
  readonly rule?: string | undefined;
  /** Only alerts whose id begins so. */
  readonly id?: string | undefined;
  /** Only alerts that were last seen at this time or after it. */
  readonly since?: string | undefined;
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface Alert {
  /** Id of an alert. */
  readonly id: string;
  readonly state: 'open' | 'acknowledged';
  /** Severity of the rule. */
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  /** Title of the rule. */
  readonly title: string;
  /** Rule that found it. */
  readonly rule: string;
  /** Name of a host. */
  readonly host: string;
  /** What tells findings of this rule apart. */
  readonly dedupKey: string;
  /** Findings that came together in it. */
  readonly count: number;
  /** When the first of them was found. */
  readonly firstSeenAt: string;
  /** When the last of them was found. */
  readonly lastSeenAt: string;
  /** The finding in one line. */
  readonly summary: string;
  /** Id of a silence. */
  readonly silencedBy?: string;
  /** When somebody took note of it. */
  readonly acknowledgedAt?: string;
  /** Actor who took note of it. */
  readonly acknowledgedBy?: string;
  /** What that actor said. */
  readonly note?: string;
}

export interface AlertList {
  readonly items: readonly Alert[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface AlertReadInput {
  /** Id of an alert. */
  readonly alert: string;
}

export interface AlertWithDetails {
  /** Id of an alert. */
  readonly id: string;
  readonly state: 'open' | 'acknowledged';
  /** Severity of the rule. */
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  /** Title of the rule. */
  readonly title: string;
  /** Rule that found it. */
  readonly rule: string;
  /** Name of a host. */
  readonly host: string;
  /** What tells findings of this rule apart. */
  readonly dedupKey: string;
  /** Findings that came together in it. */
  readonly count: number;
  /** When the first of them was found. */
  readonly firstSeenAt: string;
  /** When the last of them was found. */
  readonly lastSeenAt: string;
  /** The finding in one line. */
  readonly summary: string;
  /** Id of a silence. */
  readonly silencedBy?: string;
  /** When somebody took note of it. */
  readonly acknowledgedAt?: string;
  /** Actor who took note of it. */
  readonly acknowledgedBy?: string;
  /** What that actor said. */
  readonly note?: string;
  /** What the rule looks for. */
  readonly description: string;
  /** What else it may be. */
  readonly falsePositives: readonly string[];
  /** MITRE ATT&CK ids. */
  readonly attack: readonly string[];
  /** The row that was found: column to value, secrets masked. */
  readonly details: Readonly<Record<string, string | number | null>>;
  /** What the agent knew at that time of the process that the row names by its pid, where the rule did not select it. */
  readonly context?: Readonly<Record<string, string | number | null>>;
}

export interface AlertAcknowledgeInput {
  /** Id of an alert. */
  readonly alert: string;
  /** What you found out. Never put a secret here. */
  readonly note?: string | undefined;
}

export interface AlertReopenInput {
  /** Id of an alert. */
  readonly alert: string;
}

export interface SilenceCreateInput {
  /** Rule whose alerts nobody is told of. */
  readonly rule?: string | undefined;
  /** What tells findings of one rule apart. */
  readonly dedupKey?: string | undefined;
  /** How long it holds. */
  readonly ttlSeconds: number;
  /** Why. It stands in the record; never put a secret here. */
  readonly note: string;
}

export interface Silence {
  /** Id of a silence. */
  readonly id: string;
  /** Rule whose alerts nobody is told of. */
  readonly rule?: string;
  /** Only for alerts with this key. */
  readonly dedupKey?: string;
  /** Why. */
  readonly note: string;
  /** When it was made. */
  readonly createdAt: string;
  /** Actor who made it. */
  readonly createdBy: string;
  /** When it ends. */
  readonly expiresAt: string;
}

export interface SilenceListInput {
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface SilenceList {
  readonly items: readonly Silence[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface SilenceDeleteInput {
  /** Id of a silence. */
  readonly silence: string;
}

export interface DeletedSilence {
  /** Id of a silence. */
  readonly silence: string;
  readonly deleted: true;
}

export type SinkListInput = Record<string, never>;

export interface Sink {
  /** Name of a sink, as the configuration has it. */
  readonly name: string;
  /** webhook, smtp, syslog, stdout, slack or teams. */
  readonly kind: string;
  /** Where it sends to, without any secret. */
  readonly target: string;
  /** failing: the last attempt did; paused: nothing is sent now. */
  readonly state: 'healthy' | 'failing' | 'paused';
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Notifications that wait for delivery. */
  readonly queued: number;
  /** Notifications that were given up. */
  readonly deadLetters: number;
  /** When the one was queued that has waited longest. */
  readonly oldestQueuedAt?: string;
  /** Last success. */
  readonly lastDeliveredAt?: string;
  /** Why the last attempt that failed did. */
  readonly lastError?: string;
  /** When that was. */
  readonly lastErrorAt?: string;
}

export interface SinkList {
  readonly items: readonly Sink[];
}

export interface SinkTestInput {
  /** Name of a sink, as the configuration has it. */
  readonly sink: string;
}

export interface SinkTest {
  /** Name of a sink, as the configuration has it. */
  readonly sink: string;
  readonly delivered: boolean;
  /** What the other side said. */
  readonly detail: string;
  /** How long it took. */
  readonly durationMs: number;
}

export interface SinkCheckInput {
  /** Name of a sink, as the configuration has it. */
  readonly sink: string;
}

export interface SinkCheck {
  /** Name of a sink, as the configuration has it. */
  readonly sink: string;
  readonly healthy: boolean;
  /** How far it came: connected, authenticated, writable or unconfirmed; or what was in the way. */
  readonly detail: string;
  /** How long it took. */
  readonly durationMs: number;
}

export interface DeadLetterListInput {
  /** Name of a sink, as the configuration has it. */
  readonly sink?: string | undefined;
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface DeadLetter {
  /** Id of a dead letter. */
  readonly id: string;
  /** Name of a sink, as the configuration has it. */
  readonly sink: string;
  /** Id of the alert, while its text can be read. */
  readonly alert?: string;
  /** Severity of the alert. */
  readonly severity?: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  /** Title of the alert. */
  readonly title?: string;
  /** Why it was given up. */
  readonly reason: 'attempts_exhausted' | 'refused' | 'queue_full' | 'sink_removed' | 'unreadable';
  /** How often it was tried. */
  readonly attempts: number;
  /** When it was queued. */
  readonly queuedAt: string;
  /** When it was given up. */
  readonly failedAt: string;
  /** Code of the last failure. */
  readonly lastError?: string;
}

export interface DeadLetterList {
  readonly items: readonly DeadLetter[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface DeadLetterRetryInput {
  readonly ids?: readonly string[] | undefined;
  /** Name of a sink, as the configuration has it. */
  readonly sink?: string | undefined;
}

export interface RetriedLetters {
  /** Notifications that are queued again. */
  readonly retried: number;
}

export interface DeadLetterDropInput {
  readonly ids?: readonly string[] | undefined;
  /** Name of a sink, as the configuration has it. */
  readonly sink?: string | undefined;
}

export interface DroppedLetters {
  /** Notifications that are gone. */
  readonly dropped: number;
}

export interface RuleListInput {
  /** Most items in one answer. */
  readonly limit?: number | undefined;
  /** The "next" of the answer before. */
  readonly after?: string | undefined;
}

export interface Rule {
  /** Id of the rule. */
  readonly id: string;
  /** What it finds, in a few words. */
  readonly title: string;
  /** Severity of its alerts. */
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  readonly state: 'enabled' | 'disabled';
  /** starter: comes with the agent; own: from the rules folder. */
  readonly origin: 'starter' | 'own';
  /** File it stands in. */
  readonly file: string;
  /** When it runs: "each tick" or "every 60 s". */
  readonly schedule: string;
  /** Rows it found since start. */
  readonly findings: number;
  /** Runs that failed since start. */
  readonly errors: number;
  /** Last run. */
  readonly lastRunAt?: string;
  /** How long that took. */
  readonly lastDurationMs?: number;
  /** Why the last run that failed did. */
  readonly lastError?: string;
  /** Why somebody switched it on or off. */
  readonly note?: string;
  /** When that was. */
  readonly changedAt?: string;
  /** Actor who did. */
  readonly changedBy?: string;
}

export interface RuleProblem {
  /** File of the rule. */
  readonly file: string;
  /** What is wrong with it. */
  readonly message: string;
  /** Line, from 1. */
  readonly line?: number;
  /** Column, from 1. */
  readonly column?: number;
}

export interface RuleList {
  readonly items: readonly Rule[];
  readonly problems: readonly RuleProblem[];
  /** Send it back to get what follows; absent on the last page. */
  readonly next?: string;
}

export interface RuleReadInput {
  /** Id of the rule. */
  readonly rule: string;
}

export interface RuleSource {
  /** sigma */
  readonly kind: string;
  readonly author?: string;
  readonly id?: string;
  readonly licence?: string;
  readonly references: readonly string[];
}

export interface RuleWithSql {
  /** Id of the rule. */
  readonly id: string;
  /** What it finds, in a few words. */
  readonly title: string;
  /** Severity of its alerts. */
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  readonly state: 'enabled' | 'disabled';
  /** starter: comes with the agent; own: from the rules folder. */
  readonly origin: 'starter' | 'own';
  /** File it stands in. */
  readonly file: string;
  /** When it runs: "each tick" or "every 60 s". */
  readonly schedule: string;
  /** Rows it found since start. */
  readonly findings: number;
  /** Runs that failed since start. */
  readonly errors: number;
  /** Last run. */
  readonly lastRunAt?: string;
  /** How long that took. */
  readonly lastDurationMs?: number;
  /** Why the last run that failed did. */
  readonly lastError?: string;
  /** Why somebody switched it on or off. */
  readonly note?: string;
  /** When that was. */
  readonly changedAt?: string;
  /** Actor who did. */
  readonly changedBy?: string;
  /** What it looks for. */
  readonly description: string;
  /** The statement as it stands in the file. */
  readonly sql: string;
  /** Which SQL it may use. */
  readonly profile: 'strict' | 'extended';
  /** Tables that it reads. */
  readonly tables: readonly string[];
  /** How far back it looks. */
  readonly windowSeconds?: number;
  /** Columns that tell its findings apart. */
  readonly dedup: readonly string[];
  /** MITRE ATT&CK ids. */
  readonly attack: readonly string[];
  /** What else it may find. */
  readonly falsePositives: readonly string[];
  readonly source?: RuleSource;
}

export interface RuleEnableInput {
  /** Id of the rule. */
  readonly rule: string;
  /** Why. Never put a secret here. */
  readonly note?: string | undefined;
}

export interface RuleChange {
  /** Id of the rule. */
  readonly rule: string;
  readonly state: 'enabled' | 'disabled';
}

export interface RuleDisableInput {
  /** Id of the rule. */
  readonly rule: string;
  /** Why. It stands in the record; never put a secret here. */
  readonly note: string;
}

export type RuleReloadInput = Record<string, never>;

export interface ReloadedRules {
  /** Rules that work. */
  readonly rules: number;
  /** Rules that were not there before. */
  readonly added: number;
  /** Rules that read differently than before. */
  readonly changed: number;
  /** Rules that are gone. */
  readonly removed: number;
  readonly problems: readonly RuleProblem[];
}

export interface QueryRunInput {
  /** The statement. */
  readonly sql: string;
  /** Most rows in the answer; 1000 when left out. */
  readonly limit?: number | undefined;
  /** How long it may run; 10 seconds when left out. */
  readonly timeoutMs?: number | undefined;
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** There were more rows than the limit. */
  readonly isTruncated: boolean;
  /** How long it ran. */
  readonly durationMs: number;
}

export type TableListInput = Record<string, never>;

export interface TableColumn {
  readonly name: string;
  readonly type: 'integer' | 'text';
  readonly description: string;
}

export interface Table {
  readonly name: string;
  /** events are appended; state has one row for each thing that is there now. */
  readonly kind: 'events' | 'state';
  readonly description: string;
  readonly columns: readonly TableColumn[];
}

export interface TableList {
  readonly items: readonly Table[];
}

export type HostListInput = Record<string, never>;

export interface SandboxLevel {
  /** How the executor is locked up. */
  readonly level: string;
  /** Less than what is configured. */
  readonly isDegraded: boolean;
  readonly detail: string;
}

export interface Host {
  /** Name of a host. */
  readonly name: string;
  /** Operating system. */
  readonly os: string;
  /** Version of its kernel. */
  readonly kernel: string;
  readonly architecture: string;
  /** When it was started. */
  readonly bootedAt?: string;
  readonly agentVersion: string;
  /** When the agent was started. */
  readonly agentStartedAt: string;
  /** Where process events come from: connector, audit, ebpf or polling. */
  readonly source: string;
  readonly sandbox: SandboxLevel;
}

export interface HostList {
  readonly items: readonly Host[];
}

export interface HostReadInput {
  /** Name of a host. */
  readonly host: string;
}

export interface EventSource {
  readonly name: string;
  readonly state: 'active' | 'standby' | 'unavailable' | 'failed';
  readonly detail: string;
  /** Events since start. */
  readonly events: number;
  /** Events that are known to be lost. */
  readonly lost: number;
}

export interface CatchRate {
  /** Life of the processes it was measured with. */
  readonly lifetimeMs: number;
  /** How many of a thousand were caught. */
  readonly perMille: number;
}

export interface Loss {
  /** collector, source, queue, store, executor or sink. */
  readonly stage: string;
  readonly name: string;
  readonly reason: string;
  /** Rows, events or runs since start. */
  readonly lost: number;
}

export interface Budget {
  /** memory, processor, queue, ... */
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  /** bytes, percent or items. */
  readonly unit: string;
}

export interface TableRows {
  readonly name: string;
  /** Rows kept. */
  readonly rows: number;
}

export interface HostWithReadings {
  /** Name of a host. */
  readonly name: string;
  /** Operating system. */
  readonly os: string;
  /** Version of its kernel. */
  readonly kernel: string;
  readonly architecture: string;
  /** When it was started. */
  readonly bootedAt?: string;
  readonly agentVersion: string;
  /** When the agent was started. */
  readonly agentStartedAt: string;
  /** Where process events come from: connector, audit, ebpf or polling. */
  readonly source: string;
  readonly sandbox: SandboxLevel;
  readonly sources: readonly EventSource[];
  /** Measured for the active source. */
  readonly catchRates: readonly CatchRate[];
  readonly losses: readonly Loss[];
  readonly budgets: readonly Budget[];
  readonly tables: readonly TableRows[];
}

/** Operation name to what it takes and gives. */
export interface Operations {
  'secret.create': { input: SecretCreateInput; output: Version };
  'secret.put': { input: SecretPutInput; output: Version };
  'secret.read': { input: SecretReadInput; output: VersionWithValue };
  'secret.read-version': { input: SecretReadVersionInput; output: VersionWithValue };
  'secret.delete': { input: SecretDeleteInput; output: KeyState };
  'secret.undelete': { input: SecretUndeleteInput; output: KeyState };
  'secret.destroy': { input: SecretDestroyInput; output: Destroyed };
  'secret.history': { input: SecretHistoryInput; output: History };
  'secret.list': { input: SecretListInput; output: KeyList };
  'config.create': { input: ConfigCreateInput; output: Version };
  'config.put': { input: ConfigPutInput; output: Version };
  'config.read': { input: ConfigReadInput; output: VersionWithValue };
  'config.read-version': { input: ConfigReadVersionInput; output: VersionWithValue };
  'config.delete': { input: ConfigDeleteInput; output: KeyState };
  'config.undelete': { input: ConfigUndeleteInput; output: KeyState };
  'config.destroy': { input: ConfigDestroyInput; output: Destroyed };
  'config.history': { input: ConfigHistoryInput; output: History };
  'config.list': { input: ConfigListInput; output: KeyList };
  'registry.tree': { input: RegistryTreeInput; output: Tree };
  'namespace.write': { input: NamespaceWriteInput; output: Namespace };
  'namespace.read': { input: NamespaceReadInput; output: Namespace };
  'namespace.delete': { input: NamespaceDeleteInput; output: RemovedNamespace };
  'namespace.list': { input: NamespaceListInput; output: NamespaceList };
  'token.create': { input: TokenCreateInput; output: CreatedToken };
  'token.list': { input: TokenListInput; output: TokenList };
  'token.lookup': { input: TokenLookupInput; output: TokenInfo };
  'token.self': { input: TokenSelfInput; output: TokenInfo };
  'token.revoke': { input: TokenRevokeInput; output: RevokedToken };
  'token.revoke-self': { input: TokenRevokeSelfInput; output: RevokedToken };
  'role.write': { input: RoleWriteInput; output: Role };
  'role.list': { input: RoleListInput; output: RoleList };
  'role.read': { input: RoleReadInput; output: Role };
  'role.delete': { input: RoleDeleteInput; output: DeletedRole };
  'grant.write': { input: GrantWriteInput; output: Grant };
  'grant.list': { input: GrantListInput; output: GrantList };
  'grant.revoke': { input: GrantRevokeInput; output: RevokedGrant };
  'decision.explain': { input: DecisionExplainInput; output: Decision };
  'tenant.create': { input: TenantCreateInput; output: Tenant };
  'tenant.list': { input: TenantListInput; output: TenantList };
  'tenant.delete': { input: TenantDeleteInput; output: DeletedTenant };
  'key.list': { input: KeyListInput; output: KeyVersions };
  'key.rotate': { input: KeyRotateInput; output: KeyVersions };
  'audit.log': { input: AuditLogInput; output: EntryList };
  'audit.prove': { input: AuditProveInput; output: EntryProof };
  'audit.export': { input: AuditExportInput; output: Uint8Array };
  'audit.head': { input: AuditHeadInput; output: Head };
  'audit.checkpoint': { input: AuditCheckpointInput; output: string };
  'audit.key': { input: AuditKeyInput; output: LogKey };
  'audit.verify': { input: AuditVerifyInput; output: Verification };
  'status': { input: StatusInput; output: Status };
  'alert.list': { input: AlertListInput; output: AlertList };
  'alert.read': { input: AlertReadInput; output: AlertWithDetails };
  'alert.acknowledge': { input: AlertAcknowledgeInput; output: AlertWithDetails };
  'alert.reopen': { input: AlertReopenInput; output: AlertWithDetails };
  'silence.create': { input: SilenceCreateInput; output: Silence };
  'silence.list': { input: SilenceListInput; output: SilenceList };
  'silence.delete': { input: SilenceDeleteInput; output: DeletedSilence };
  'sink.list': { input: SinkListInput; output: SinkList };
  'sink.test': { input: SinkTestInput; output: SinkTest };
  'sink.check': { input: SinkCheckInput; output: SinkCheck };
  'dead-letter.list': { input: DeadLetterListInput; output: DeadLetterList };
  'dead-letter.retry': { input: DeadLetterRetryInput; output: RetriedLetters };
  'dead-letter.drop': { input: DeadLetterDropInput; output: DroppedLetters };
  'rule.list': { input: RuleListInput; output: RuleList };
  'rule.read': { input: RuleReadInput; output: RuleWithSql };
  'rule.enable': { input: RuleEnableInput; output: RuleChange };
  'rule.disable': { input: RuleDisableInput; output: RuleChange };
  'rule.reload': { input: RuleReloadInput; output: ReloadedRules };
  'query.run': { input: QueryRunInput; output: QueryResult };
  'table.list': { input: TableListInput; output: TableList };
  'host.list': { input: HostListInput; output: HostList };
  'host.read': { input: HostReadInput; output: HostWithReadings };
}

/** The same by capability: path parameters come first, all else in one object. `Options` are the caller's own. */
export interface Groups<Options> {
  readonly secrets: {
    create(input: SecretCreateInput, options?: Options): Promise<Operations['secret.create']['output']>;
    put(key: SecretPutInput['key'], input: Omit<SecretPutInput, 'key'>, options?: Options): Promise<Operations['secret.put']['output']>;
    read(key: SecretReadInput['key'], options?: Options): Promise<Operations['secret.read']['output']>;
    readVersion(key: SecretReadVersionInput['key'], version: SecretReadVersionInput['version'], options?: Options): Promise<Operations['secret.read-version']['output']>;
    delete(key: SecretDeleteInput['key'], input?: Omit<SecretDeleteInput, 'key'>, options?: Options): Promise<Operations['secret.delete']['output']>;
    undelete(key: SecretUndeleteInput['key'], input?: Omit<SecretUndeleteInput, 'key'>, options?: Options): Promise<Operations['secret.undelete']['output']>;
    destroy(key: SecretDestroyInput['key'], input?: Omit<SecretDestroyInput, 'key'>, options?: Options): Promise<Operations['secret.destroy']['output']>;
    history(key: SecretHistoryInput['key'], input?: Omit<SecretHistoryInput, 'key'>, options?: Options): Promise<Operations['secret.history']['output']>;
    list(input?: SecretListInput, options?: Options): Promise<Operations['secret.list']['output']>;
  };
  readonly configs: {
    create(input: ConfigCreateInput, options?: Options): Promise<Operations['config.create']['output']>;
    put(key: ConfigPutInput['key'], input: Omit<ConfigPutInput, 'key'>, options?: Options): Promise<Operations['config.put']['output']>;
    read(key: ConfigReadInput['key'], options?: Options): Promise<Operations['config.read']['output']>;
    readVersion(key: ConfigReadVersionInput['key'], version: ConfigReadVersionInput['version'], options?: Options): Promise<Operations['config.read-version']['output']>;
    delete(key: ConfigDeleteInput['key'], input?: Omit<ConfigDeleteInput, 'key'>, options?: Options): Promise<Operations['config.delete']['output']>;
    undelete(key: ConfigUndeleteInput['key'], input?: Omit<ConfigUndeleteInput, 'key'>, options?: Options): Promise<Operations['config.undelete']['output']>;
    destroy(key: ConfigDestroyInput['key'], input?: Omit<ConfigDestroyInput, 'key'>, options?: Options): Promise<Operations['config.destroy']['output']>;
    history(key: ConfigHistoryInput['key'], input?: Omit<ConfigHistoryInput, 'key'>, options?: Options): Promise<Operations['config.history']['output']>;
    list(input?: ConfigListInput, options?: Options): Promise<Operations['config.list']['output']>;
  };
  readonly registry: {
    tree(input?: RegistryTreeInput, options?: Options): Promise<Operations['registry.tree']['output']>;
  };
  readonly namespaces: {
    write(path: NamespaceWriteInput['path'], input: Omit<NamespaceWriteInput, 'path'>, options?: Options): Promise<Operations['namespace.write']['output']>;
    read(path: NamespaceReadInput['path'], options?: Options): Promise<Operations['namespace.read']['output']>;
    delete(path: NamespaceDeleteInput['path'], options?: Options): Promise<Operations['namespace.delete']['output']>;
    list(input?: NamespaceListInput, options?: Options): Promise<Operations['namespace.list']['output']>;
  };
  readonly tokens: {
    create(input?: TokenCreateInput, options?: Options): Promise<Operations['token.create']['output']>;
    list(input?: TokenListInput, options?: Options): Promise<Operations['token.list']['output']>;
    lookup(input?: TokenLookupInput, options?: Options): Promise<Operations['token.lookup']['output']>;
    self(options?: Options): Promise<Operations['token.self']['output']>;
    revoke(input?: TokenRevokeInput, options?: Options): Promise<Operations['token.revoke']['output']>;
    revokeSelf(options?: Options): Promise<Operations['token.revoke-self']['output']>;
  };
  readonly roles: {
    write(input: RoleWriteInput, options?: Options): Promise<Operations['role.write']['output']>;
    list(input?: RoleListInput, options?: Options): Promise<Operations['role.list']['output']>;
    read(name: RoleReadInput['name'], options?: Options): Promise<Operations['role.read']['output']>;
    delete(name: RoleDeleteInput['name'], options?: Options): Promise<Operations['role.delete']['output']>;
  };
  readonly grants: {
    write(input: GrantWriteInput, options?: Options): Promise<Operations['grant.write']['output']>;
    list(input?: GrantListInput, options?: Options): Promise<Operations['grant.list']['output']>;
    revoke(input: GrantRevokeInput, options?: Options): Promise<Operations['grant.revoke']['output']>;
  };
  readonly decisions: {
    explain(input: DecisionExplainInput, options?: Options): Promise<Operations['decision.explain']['output']>;
  };
  readonly tenants: {
    create(input: TenantCreateInput, options?: Options): Promise<Operations['tenant.create']['output']>;
    list(input?: TenantListInput, options?: Options): Promise<Operations['tenant.list']['output']>;
    delete(name: TenantDeleteInput['name'], options?: Options): Promise<Operations['tenant.delete']['output']>;
  };
  readonly keys: {
    list(options?: Options): Promise<Operations['key.list']['output']>;
    rotate(options?: Options): Promise<Operations['key.rotate']['output']>;
  };
  readonly audit: {
    log(input?: AuditLogInput, options?: Options): Promise<Operations['audit.log']['output']>;
    prove(seq: AuditProveInput['seq'], options?: Options): Promise<Operations['audit.prove']['output']>;
    export(input: AuditExportInput, options?: Options): Promise<Operations['audit.export']['output']>;
    head(input?: AuditHeadInput, options?: Options): Promise<Operations['audit.head']['output']>;
    checkpoint(options?: Options): Promise<Operations['audit.checkpoint']['output']>;
    key(options?: Options): Promise<Operations['audit.key']['output']>;
    verify(input?: AuditVerifyInput, options?: Options): Promise<Operations['audit.verify']['output']>;
  };
  status(options?: Options): Promise<Operations['status']['output']>;
  readonly alerts: {
    list(input?: AlertListInput, options?: Options): Promise<Operations['alert.list']['output']>;
    read(alert: AlertReadInput['alert'], options?: Options): Promise<Operations['alert.read']['output']>;
    acknowledge(alert: AlertAcknowledgeInput['alert'], input?: Omit<AlertAcknowledgeInput, 'alert'>, options?: Options): Promise<Operations['alert.acknowledge']['output']>;
    reopen(alert: AlertReopenInput['alert'], options?: Options): Promise<Operations['alert.reopen']['output']>;
  };
  readonly silences: {
    create(input: SilenceCreateInput, options?: Options): Promise<Operations['silence.create']['output']>;
    list(input?: SilenceListInput, options?: Options): Promise<Operations['silence.list']['output']>;
    delete(silence: SilenceDeleteInput['silence'], options?: Options): Promise<Operations['silence.delete']['output']>;
  };
  readonly sinks: {
    list(options?: Options): Promise<Operations['sink.list']['output']>;
    test(sink: SinkTestInput['sink'], options?: Options): Promise<Operations['sink.test']['output']>;
    check(sink: SinkCheckInput['sink'], options?: Options): Promise<Operations['sink.check']['output']>;
  };
  readonly deadLetters: {
    list(input?: DeadLetterListInput, options?: Options): Promise<Operations['dead-letter.list']['output']>;
    retry(input?: DeadLetterRetryInput, options?: Options): Promise<Operations['dead-letter.retry']['output']>;
    drop(input?: DeadLetterDropInput, options?: Options): Promise<Operations['dead-letter.drop']['output']>;
  };
  readonly rules: {
    list(input?: RuleListInput, options?: Options): Promise<Operations['rule.list']['output']>;
    read(rule: RuleReadInput['rule'], options?: Options): Promise<Operations['rule.read']['output']>;
    enable(rule: RuleEnableInput['rule'], input?: Omit<RuleEnableInput, 'rule'>, options?: Options): Promise<Operations['rule.enable']['output']>;
    disable(rule: RuleDisableInput['rule'], input: Omit<RuleDisableInput, 'rule'>, options?: Options): Promise<Operations['rule.disable']['output']>;
    reload(options?: Options): Promise<Operations['rule.reload']['output']>;
  };
  readonly queries: {
    run(input: QueryRunInput, options?: Options): Promise<Operations['query.run']['output']>;
  };
  readonly tables: {
    list(options?: Options): Promise<Operations['table.list']['output']>;
  };
  readonly hosts: {
    list(options?: Options): Promise<Operations['host.list']['output']>;
    read(host: HostReadInput['host'], options?: Options): Promise<Operations['host.read']['output']>;
  };
}
