import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { type RedisSettings, redisSettings } from "./redis-settings.ts";
import type { RootKeySource } from "@holdfast/spine";
import type { PostgresSettings } from "@holdfast/postgres";
import { type Environment, type LogFormat, logFormats, settingOf, wrongSetting } from "@holdfast/runtime";
import { storageSettings } from "./storage-settings.ts";
import { tlsNamesOf } from "./tls-names.ts";

/** What a server is told from outside; layers and files come with the everyday server. */
export interface Configuration {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Requests a second for one actor; undefined when limits are off. */
  readonly actorRate: { readonly perSecond: number; readonly burst: number } | undefined;
  readonly addressRate: { readonly perSecond: number; readonly burst: number } | undefined;
  /** Refused credentials of one address that leave an entry each; a kilobyte a time, 200 MB a day. */
  readonly strangerRate: { readonly perSecond: number; readonly burst: number } | undefined;
  /** Second place for checkpoints: a data folder put back to an older state is noticed by it. */
  readonly checkpointDir: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: LogFormat;
  /** Suite that seals new values: 1 XChaCha20-Poly1305, 2 AES-256-GCM, 3 ChaCha20-Poly1305. */
  readonly suite: 1 | 2 | 3;
  readonly rootKey: RootKeySource;
  /** The PostgreSQL that holds the ledger and its state; undefined: a database in the data folder. */
  readonly storage: PostgresSettings | undefined;
  /** A Redis by which nodes share their rate limits; undefined: each counts for itself. */
  readonly redis: RedisSettings | undefined;
  /** Which of several nodes this is: in entries, in leases, and to the database. */
  readonly nodeName: string;
  /** Further names and addresses in the listener's certificate, such as a load balancer's. */
  readonly tlsNames: readonly string[];
  /** Whether the agent of this host runs beside the server. */
  readonly hasAgent: boolean;
}

const SUITES = { "xchacha20-poly1305": 1, "aes-256-gcm": 2, "chacha20-poly1305": 3 } as const;
const SUITE_NAMES = Object.keys(SUITES) as (keyof typeof SUITES)[];
const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
const SWITCH = ["on", "off"] as const;
const DEFAULT_RATE = 1_000;

/** Settings of a server, and those of clients and checks that may stand in the same environment. */
const KNOWN = new Set(
  [
    "DATA_DIR HTTP_ADDR RATE_LIMIT CHECKPOINT_DIR LOG_LEVEL LOG_FORMAT CIPHER ROOT_KEY ROOT_KEY_FILE NODE_NAME",
    "TLS_NAMES AGENT",
    "STORAGE_URL STORAGE_PASSWORD STORAGE_PASSWORD_FILE STORAGE_CA_FILE STORAGE_CONNECTIONS STORAGE_TIMEOUT_MS",
    "STORAGE_NOTIFY STORAGE_LOCKS REDIS_URL REDIS_PASSWORD_FILE REDIS_CA_FILE",
    "ADDR SOCKET TOKEN CACERT TENANT DEBUG VECTORS TEST_POSTGRES_URL",
  ].flatMap((names) => names.split(" ").map((name) => `HOLDFAST_${name}`)),
);

/** Names that look like settings and mean nothing here: probably misspelt, and worth a warning. */
export function unknownSettings(environment: Environment): readonly string[] {
  // The agent reads its own, and is stricter about them.
  const isKnown = (name: string) => KNOWN.has(name) || name.startsWith("HOLDFAST_AGENT_");
  return Object.keys(environment).filter((name) => name.startsWith("HOLDFAST_") && !isKnown(name));
}

/** Settings that are secret, or may carry a secret; children must never inherit them. */
const SECRET = ["ROOT_KEY", "STORAGE_URL", "STORAGE_PASSWORD", "REDIS_URL"].map((name) => `HOLDFAST_${name}`);

/** Takes the secrets out of a process's environment, once they were read from it. */
export function dropSecrets(environment: Record<string, string | undefined>): void {
  for (const name of SECRET) delete environment[name];
}

/** Reads the environment; every wrong setting is refused by name at the start, not met later. An empty one is unset. */
export function configurationFrom(environment: Environment): Configuration {
  const text = settingOf(environment);
  const { host, port } = addressOf(text("HTTP_ADDR") ?? "127.0.0.1:8200");
  const perSecond = rateOf(text("RATE_LIMIT"));
  const rate = perSecond === 0 ? undefined : { perSecond, burst: perSecond * 2 };
  const addressRate = rate === undefined ? undefined : { perSecond: rate.perSecond * 4, burst: rate.burst * 4 };
  return {
    dataDir: resolve(text("DATA_DIR") ?? ".holdfast"),
    host,
    port,
    actorRate: rate,
    addressRate,
    strangerRate: rate === undefined ? undefined : { perSecond: 2, burst: 200 },
    checkpointDir: resolve(text("CHECKPOINT_DIR") ?? join(stateHome(environment), "holdfast")),
    logLevel: oneOf("LOG_LEVEL", text("LOG_LEVEL") ?? "info", LOG_LEVELS),
    logFormat: oneOf("LOG_FORMAT", text("LOG_FORMAT") ?? "auto", logFormats),
    suite: SUITES[oneOf("CIPHER", text("CIPHER") ?? "xchacha20-poly1305", SUITE_NAMES)],
    rootKey: rootKeyOf(text("ROOT_KEY"), text("ROOT_KEY_FILE")),
    storage: storageSettings(text),
    redis: redisSettings(text),
    nodeName: nodeNameOf(text("NODE_NAME")),
    tlsNames: tlsNamesOf(text("TLS_NAMES") ?? ""),
    hasAgent: oneOf("AGENT", text("AGENT") ?? "on", SWITCH) === "on",
  };
}

function stateHome(environment: Environment): string {
  return environment["XDG_STATE_HOME"] || join(environment["HOME"] || homedir(), ".local", "state");
}

/** `host:port`, `[v6]:port` or a bare port. */
function addressOf(text: string): { host: string; port: number } {
  const match = /^(?:(?<host>\[[0-9a-fA-F:]+\]|[^:[\]\s]+):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.["port"]);
  if (match === null || port > 65_535) {
    throw wrongSetting("HTTP_ADDR", "is not an address", "Write host:port, such as 127.0.0.1:8200 or [::1]:8200.");
  }
  return { host: (match.groups?.["host"] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), port };
}

function rateOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_RATE;
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw wrongSetting("RATE_LIMIT", "is not a number of requests a second", "0 switches limits off.");
}

function rootKeyOf(hex: string | undefined, path: string | undefined): RootKeySource {
  if (hex !== undefined && path !== undefined) {
    throw wrongSetting("ROOT_KEY", "is set, and so is HOLDFAST_ROOT_KEY_FILE", "Give the root key in one way only.");
  }
  if (hex !== undefined) return { kind: "environment", hex };
  return path === undefined ? { kind: "development" } : { kind: "file", path: resolve(path) };
}

/** The host's name unless it is told: containers have one each, and two nodes on one host need two. */
function nodeNameOf(text: string | undefined): string {
  if (text === undefined) return hostname().replaceAll(/[^\w.-]/g, "-") || "node";
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw wrongSetting("NODE_NAME", "is not a name", "It has at most 64 letters, digits, dots, dashes and underscores.");
}

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === text);
  if (found !== undefined) return found;
  throw wrongSetting(name, "is not known", `It is one of ${allowed.join(", ")}.`);
}
