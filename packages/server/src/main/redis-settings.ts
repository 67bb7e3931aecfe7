import { readFileSync } from "node:fs";
import { readPrivateFile, type ReadSetting, wrongSetting } from "@holdfast/runtime";

/** How to reach the Redis that nodes share. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database: number;
  /** `ca` is PEM; the system's own authorities when absent. The certificate is always verified, its name included. */
  readonly tls: false | { readonly ca?: string | undefined };
}

const EXAMPLE = "Write redis://host:6379 or rediss://user:password@host:6379/0.";
const BESIDE_URL = ["REDIS_PASSWORD_FILE", "REDIS_CA_FILE"];

/** The Redis that `HOLDFAST_REDIS_URL` names; undefined when each node counts for itself. */
export function redisSettings(setting: ReadSetting): RedisSettings | undefined {
  const text = setting("REDIS_URL");
  if (text === undefined) return refuseAlone(setting);
  const url = URL.parse(text);
  if (url === null || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "") {
    throw wrongSetting("REDIS_URL", "is not the URL of a Redis", EXAMPLE);
  }
  if (url.search !== "" || url.hash !== "") {
    const hint = "Write ? and # in a password as %3F and %23.";
    throw wrongSetting("REDIS_URL", "has parameters, and takes none", hint);
  }
  const user = decoded(url.username);
  const password = passwordOf(setting, decoded(url.password));
  if (user !== undefined && password === undefined) {
    throw wrongSetting("REDIS_URL", "names a user without a password", "Set HOLDFAST_REDIS_PASSWORD_FILE.");
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 6379 : Number(url.port),
    user,
    password,
    database: databaseOf(url.pathname),
    tls: tlsOf(url.protocol === "rediss:", setting("REDIS_CA_FILE")),
  };
}

function refuseAlone(setting: ReadSetting): undefined {
  const alone = BESIDE_URL.find((name) => setting(name) !== undefined);
  if (alone === undefined) return undefined;
  const hint = "Set HOLDFAST_REDIS_URL as well, or take this one away.";
  throw wrongSetting(alone, "means nothing without HOLDFAST_REDIS_URL", hint);
}

function decoded(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    const hint = "In user name and password write % as %25.";
    throw wrongSetting("REDIS_URL", "is not percent-encoded as it has to be", hint, cause);
  }
}

function passwordOf(setting: ReadSetting, inside: string | undefined): string | undefined {
  const path = setting("REDIS_PASSWORD_FILE");
  if (path === undefined) return inside;
  if (inside !== undefined) {
    const hint = "Give the password in one way only; the file is the better one.";
    throw wrongSetting("REDIS_PASSWORD_FILE", "is set, and so is a password in HOLDFAST_REDIS_URL", hint);
  }
  const read = readPrivateFile(path);
  if (!read.ok) {
    const hint = "It has to be a file that the server's user can read and nobody else: chmod 600.";
    throw wrongSetting("REDIS_PASSWORD_FILE", `names a file that is ${read.problem}`, hint, read.cause);
  }
  if (read.text !== "") return read.text;
  throw wrongSetting("REDIS_PASSWORD_FILE", "names a file that is empty", "Write the password into it.");
}

function databaseOf(path: string): number {
  const digits = /^\/?(\d{0,5})$/.exec(path)?.[1];
  if (digits !== undefined) return Number(digits);
  throw wrongSetting("REDIS_URL", "names a database that is not a number", EXAMPLE);
}

/** A certificate is no secret: its file may be read by all. */
function tlsOf(isEncrypted: boolean, path: string | undefined): RedisSettings["tls"] {
  if (path === undefined) return isEncrypted ? {} : false;
  if (!isEncrypted) {
    const hint = "Write rediss:// in HOLDFAST_REDIS_URL, or take this one away.";
    throw wrongSetting("REDIS_CA_FILE", "means nothing without TLS", hint);
  }
  try {
    return { ca: readFileSync(path, "utf8") };
  } catch (cause) {
    const hint = "Name a file with the certificate, in PEM, of the authority that vouches for Redis.";
    throw wrongSetting("REDIS_CA_FILE", "names a file that cannot be read", hint, cause);
  }
}
