/** SQLSTATE, or the code of the network's or of TLS' error; empty when there is none. */
export const codeOf = (fault: unknown): string => {
  const code = (fault as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "";
};

export const PERMISSION_DENIED = "42501";
/** A lock was waited for as long as this session may. */
export const LOCK_NOT_AVAILABLE = "55P03";
export const IN_THE_WAY =
  "Look in pg_stat_activity and pg_locks which session is in the way, and try again when it has ended.";
export const MIGRATE = "Run `holdfast storage migrate` as the owner of its tables.";
const PASSWORD = "Check the user in HOLDFAST_STORAGE_URL and HOLDFAST_STORAGE_PASSWORD_FILE.";
const AUTHORITY = "Name the authority of the database's certificate with HOLDFAST_STORAGE_CA_FILE.";

/** By SQLSTATE, or by the code of the network's or TLS' error. */
const HINTS: Readonly<Record<string, string>> = {
  "28P01": PASSWORD,
  "28000": "The database's pg_hba.conf has to admit this user from here; with sslmode=verify-full over TLS.",
  "3D000":
    "Look at the database's name in HOLDFAST_STORAGE_URL, or make it: deploy/postgres/roles.sql, or CREATE DATABASE holdfast ENCODING 'UTF8'.",
  [PERMISSION_DENIED]: MIGRATE,
  "53300": "Raise the database's max_connections, or lower HOLDFAST_STORAGE_CONNECTIONS.",
  [LOCK_NOT_AVAILABLE]: IN_THE_WAY,
  "57P03": "It is starting or stopping; try again in a moment.",
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  CERT_SIGNATURE_FAILURE: AUTHORITY,
  CERT_HAS_EXPIRED: "Renew the database's certificate.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "Name the database in HOLDFAST_STORAGE_URL as its certificate does, or set sslmode=verify-ca and its authority.",
};

/** The sentences of errors that have no code. */
const HINTS_BY_SENTENCE: readonly (readonly [RegExp, string])[] = [
  [/asks for a password/, PASSWORD],
  [
    /does not support SSL/,
    "Switch on TLS at the database, or set sslmode=disable where the network itself is trusted.",
  ],
];

/** What to do about a connection that cannot be made or used, or was lost. */
export function connectionHint(fault: Error): string {
  const byCode = HINTS[codeOf(fault)] ?? HINTS[codeOf(fault.cause)];
  const bySentence = HINTS_BY_SENTENCE.find(([sentence]) => sentence.test(fault.message))?.[1];
  return byCode ?? bySentence ?? "Look whether the database runs, and at host and port in HOLDFAST_STORAGE_URL.";
}
