import { X509Certificate } from "node:crypto";

/** Everything that a connection needs; plain data, handed to worker threads as it stands. */
export interface PostgresSettings {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  readonly tls: false | TlsSettings;
  /** Connections for reads; the writer holds one more. */
  readonly maxConnections: number;
  readonly statementTimeoutMs: number;
  /** LISTEN and NOTIFY work; without them other nodes' writes are found by polling alone. */
  readonly hasNotify: boolean;
  /** Advisory locks work; they only save retries. */
  readonly hasLocks: boolean;
  readonly pollMs: number;
}

export interface TlsSettings {
  /** `verify-ca` leaves out the certificate's name, for databases whose name is not in it. */
  readonly mode: "verify-full" | "verify-ca";
  /** PEM; the system's own authorities when absent. */
  readonly ca?: string;
}

/** As an operator writes it. */
export interface PostgresOptions {
  readonly url: string;
  /** Instead of one inside the URL. */
  readonly password?: string | undefined;
  /** PEM of the authorities that may vouch for the database. */
  readonly ca?: string | undefined;
  readonly maxConnections?: number | undefined;
  readonly statementTimeoutMs?: number | undefined;
  readonly hasNotify?: boolean | undefined;
  readonly hasLocks?: boolean | undefined;
  readonly pollMs?: number | undefined;
}

/** A setting that cannot be used. Neither sentence ever quotes a part of the URL that could hold a password. */
export class SettingsFault extends Error {
  override readonly name = "SettingsFault";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

const EXAMPLE = "Write postgres://user@host:5432/database?sslmode=verify-full.";
const ENCODE = "In user name and password write @ as %40, / as %2F, ? as %3F, # as %23 and % as %25.";
const URL_PARTS =
  /^postgres(?:ql)?:\/\/(?:(?<userinfo>[^@/?#]*)@)?(?<authority>[^@/?#]*)(?:\/(?<path>[^@/?#]*))?(?:\?(?<query>[^@?#]*))?$/;
const AUTHORITY = /^(?:\[(?<address>[0-9a-fA-F:.]+)\]|(?<name>[^:[\],]*))(?::(?<port>[0-9]{1,5}))?$/;

/** Settings from a postgres:// URL and what stands beside it. Nothing is taken from PG* variables or from files. */
export function settingsFrom(options: PostgresOptions): PostgresSettings {
  const { userinfo, authority, path, query } = partsOf(options.url);
  const parameters = parametersOf(query);
  const { host, port } = hostOf(authority, parameters.get("host"));
  const { user, password } = credentialsOf(userinfo, options.password);
  const database = decoded(path === undefined || path === "" ? undefined : path, "database") ?? user;
  const common = {
    host,
    port,
    database,
    user,
    tls: tlsOf(host, parameters.get("sslmode"), options.ca),
    maxConnections: within(options.maxConnections ?? 10, 1, 1_000, "HOLDFAST_STORAGE_CONNECTIONS"),
    statementTimeoutMs: within(options.statementTimeoutMs ?? 30_000, 100, 3_600_000, "HOLDFAST_STORAGE_TIMEOUT_MS"),
    hasNotify: options.hasNotify ?? true,
    hasLocks: options.hasLocks ?? true,
    pollMs: within(options.pollMs ?? 250, 10, 60_000, "pollMs"),
  };
  return password === undefined ? common : { ...common, password };
}

interface UrlParts {
  readonly userinfo?: string;
  readonly authority: string;
  readonly path?: string;
  readonly query?: string;
}

function partsOf(url: string): UrlParts {
  if (!/^postgres(?:ql)?:\/\//.test(url))
    throw new SettingsFault("The storage's URL is not a postgres:// URL.", EXAMPLE);
  const groups = URL_PARTS.exec(url)?.groups;
  if (groups === undefined) throw new SettingsFault("The storage's URL has a character out of its place.", ENCODE);
  return groups as unknown as UrlParts;
}

const PARAMETERS = new Set(["host", "sslmode"]);

function parametersOf(query: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of (query ?? "").split("&").filter((part) => part !== "")) {
    const [, name, value] = /^([^=]*)(?:=(.*))?$/.exec(pair) ?? [];
    if (name === undefined || !PARAMETERS.has(name)) throw unknownParameter(name);
    if (found.has(name)) throw new SettingsFault(`The storage's URL has ${name} twice.`, EXAMPLE);
    found.set(name, decoded(value === "" ? undefined : value, name) ?? refuseEmpty(name));
  }
  return found;
}

function unknownParameter(name: string | undefined): SettingsFault {
  const shown = name !== undefined && /^[A-Za-z][A-Za-z_]{0,39}$/.test(name) ? `the parameter ${name}` : "a parameter";
  const hint =
    name === "password" || name === "sslrootcert"
      ? `Use HOLDFAST_STORAGE_${name === "password" ? "PASSWORD_FILE" : "CA_FILE"}.`
      : "Known are sslmode and host (the folder of a Unix socket).";
  return new SettingsFault(`The storage's URL has ${shown} that is not known.`, hint);
}

function refuseEmpty(name: string): never {
  throw new SettingsFault(`The storage's URL has an empty ${name}.`, EXAMPLE);
}

/** Percent-decoded once; a stray `%` or a NUL is refused, not passed on. */
function decoded(text: string | undefined, what: string): string | undefined {
  if (text === undefined) return undefined;
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch {
    throw new SettingsFault(`The ${what} in the storage's URL is not percent-encoded as it has to be.`, ENCODE);
  }
  if (plain.includes("\0")) throw new SettingsFault(`The ${what} in the storage's URL holds a NUL.`, ENCODE);
  return plain;
}

function hostOf(authority: string, socketFolder: string | undefined): { host: string; port: number } {
  if (authority.includes(",")) {
    throw new SettingsFault("The storage's URL names several hosts.", "Name one that follows the primary server.");
  }
  const groups = AUTHORITY.exec(authority)?.groups;
  if (groups === undefined) throw new SettingsFault("The host or port in the storage's URL is not one.", EXAMPLE);
  const port = Number(groups["port"] ?? 5432);
  if (port < 1 || port > 65_535) throw new SettingsFault("The port in the storage's URL is not one.", EXAMPLE);
  const named = groups["address"] ?? decoded(groups["name"] === "" ? undefined : groups["name"], "host");
  if (socketFolder !== undefined) return { host: socketOf(socketFolder, named), port };
  if (named === undefined) throw new SettingsFault("The storage's URL names no host.", EXAMPLE);
  return { host: named, port };
}

function socketOf(folder: string, named: string | undefined): string {
  if (named !== undefined) {
    throw new SettingsFault(
      "The storage's URL names a host and a socket.",
      "Write postgres://user@/database?host=/folder.",
    );
  }
  if (folder.startsWith("/")) return folder;
  throw new SettingsFault("host= in the storage's URL is not an absolute path.", "Name the folder of the socket.");
}

function credentialsOf(userinfo: string | undefined, given: string | undefined): { user: string; password?: string } {
  const [, name, word] = /^([^:]*)(?::(.*))?$/.exec(userinfo ?? "") ?? [];
  const user = decoded(name, "user name");
  if (user === undefined || user === "") throw new SettingsFault("The storage's URL names no user.", EXAMPLE);
  const inside = decoded(word, "password");
  if (inside !== undefined && given !== undefined) {
    throw new SettingsFault("The storage's password is set twice.", "Take it out of the URL.");
  }
  const password = inside ?? given;
  if (password === undefined) return { user };
  if (password === "") throw new SettingsFault("The storage's password is empty.", "Set it, or leave it out.");
  return { user, password };
}

const isLocal = (host: string): boolean =>
  host.startsWith("/") || host === "localhost" || host === "::1" || /^127(?:\.[0-9]{1,3}){3}$/.test(host);

function tlsOf(host: string, mode: string | undefined, ca: string | undefined): false | TlsSettings {
  const effective = mode ?? (isLocal(host) && ca === undefined ? "disable" : "verify-full");
  if (effective === "disable" && ca === undefined) return false;
  if (effective === "disable") {
    throw new SettingsFault(
      "An authority for the storage's TLS is set, and sslmode=disable.",
      "Remove one of the two.",
    );
  }
  if (effective !== "verify-full" && effective !== "verify-ca") throw unverified(effective);
  if (host.startsWith("/")) {
    throw new SettingsFault("A Unix socket has no TLS.", "Leave out sslmode and HOLDFAST_STORAGE_CA_FILE.");
  }
  if (ca !== undefined) return { mode: effective, ca: certificatesIn(ca) };
  if (effective === "verify-full") return { mode: effective };
  // With everybody's authorities and no name to compare, anyone with any certificate would be the database.
  throw new SettingsFault("sslmode=verify-ca needs an authority of your own.", "Set HOLDFAST_STORAGE_CA_FILE.");
}

function unverified(mode: string): SettingsFault {
  const hint = "Use verify-full, verify-ca, or disable when the network itself is trusted.";
  return ["require", "prefer", "allow"].includes(mode)
    ? new SettingsFault(`sslmode=${mode} does not verify who the database is.`, hint)
    : new SettingsFault("sslmode in the storage's URL is not known.", hint);
}

function certificatesIn(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const areRead = blocks.length > 0 && blocks.every(isCertificate);
  if (!areRead)
    throw new SettingsFault("The storage's authority is not a PEM certificate.", "Check HOLDFAST_STORAGE_CA_FILE.");
  return blocks.join("\n");
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function within(value: number, least: number, most: number, name: string): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SettingsFault(
    `${name} is not a whole number from ${least} to ${most}.`,
    `Set ${name} within these bounds.`,
  );
}
