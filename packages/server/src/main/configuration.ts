import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { StartFailure } from "./start-failure.ts";

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
  /** Suite that seals new values: 1 XChaCha20-Poly1305, 2 AES-256-GCM, 3 ChaCha20-Poly1305. */
  readonly suite: 1 | 2 | 3;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const SUITES = { "xchacha20-poly1305": 1, "aes-256-gcm": 2, "chacha20-poly1305": 3 } as const;
const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
const DEFAULT_RATE = 1_000;

/** Settings of a server, and those of clients and checks that may stand in the same environment. */
const KNOWN = new Set(
  [
    "DATA_DIR HTTP_ADDR RATE_LIMIT CHECKPOINT_DIR LOG_LEVEL CIPHER",
    "ADDR SOCKET TOKEN CACERT TENANT DEBUG VECTORS",
  ].flatMap((names) => names.split(" ").map((name) => `HOLDFAST_${name}`)),
);

/** Names that look like settings and mean nothing here: probably misspelt, and worth a warning. */
export function unknownSettings(environment: Environment): readonly string[] {
  return Object.keys(environment).filter((name) => name.startsWith("HOLDFAST_") && !KNOWN.has(name));
}

/** Reads the environment; every wrong setting is refused by name at the start, not met later. */
export function configurationFrom(environment: Environment): Configuration {
  const { host, port } = addressOf(environment["HOLDFAST_HTTP_ADDR"] ?? "127.0.0.1:8200");
  const perSecond = rateOf(environment["HOLDFAST_RATE_LIMIT"]);
  const rate = perSecond === 0 ? undefined : { perSecond, burst: perSecond * 2 };
  const addressRate = rate === undefined ? undefined : { perSecond: rate.perSecond * 4, burst: rate.burst * 4 };
  return {
    dataDir: resolve(environment["HOLDFAST_DATA_DIR"] || ".holdfast"),
    host,
    port,
    actorRate: rate,
    addressRate,
    strangerRate: rate === undefined ? undefined : { perSecond: 2, burst: 200 },
    checkpointDir: resolve(environment["HOLDFAST_CHECKPOINT_DIR"] || join(stateHome(environment), "holdfast")),
    logLevel: oneOf("HOLDFAST_LOG_LEVEL", environment["HOLDFAST_LOG_LEVEL"] ?? "info", LOG_LEVELS),
    suite:
      SUITES[
        oneOf(
          "HOLDFAST_CIPHER",
          environment["HOLDFAST_CIPHER"] ?? "xchacha20-poly1305",
          Object.keys(SUITES) as (keyof typeof SUITES)[],
        )
      ],
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
    throw wrong("HOLDFAST_HTTP_ADDR", "is not an address", "Write host:port, such as 127.0.0.1:8200 or [::1]:8200.");
  }
  return { host: (match.groups?.["host"] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), port };
}

function rateOf(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_RATE;
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw wrong("HOLDFAST_RATE_LIMIT", "is not a number of requests a second", "0 switches limits off.");
}

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === text);
  if (found !== undefined) return found;
  throw wrong(name, "is not known", `It is one of ${allowed.join(", ")}.`);
}

function wrong(name: string, problem: string, hint: string): StartFailure {
  return new StartFailure("configuration", `The setting ${name} ${problem}.`, hint);
}
