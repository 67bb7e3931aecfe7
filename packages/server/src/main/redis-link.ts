import { isIP } from "node:net";
import type { Logger } from "@holdfast/engine";
import { Redis } from "ioredis";
import { rateScript, rateScriptDigest } from "./rate-script.ts";
import { redisProblem } from "./redis-problem.ts";
import type { RedisSettings } from "./redis-settings.ts";

/** How long a call waits for Redis before it is counted here. */
const DEADLINE_MS = 50;
/** Answers that may fail in a row before nobody is made to wait for one. */
const MAX_FAILURES = 3;
const PROBE_MS = 1_000;
const CONNECT_MS = 2_000;
/** A connection that is silent for so long, with something asked, is replaced. */
const SILENT_MS = 5_000;
const MAX_RETRY_MS = 2_000;
const FEATURE = "shared-rate-limits";
const PROBE = ["holdfast:rate:probe", "1", "1"] as const;

/** What the script answers: whether it is allowed, what remains, microseconds. */
export type RateReply = readonly [allowed: number, remaining: number, resetMicroseconds: number];

/**
 * The connection to the Redis that nodes share. Nothing waits for it longer than the deadline, nothing is queued for it,
 * and after a few failures nothing is asked until a probe of its own was answered.
 */
export class RedisLink {
  readonly #log: Logger;
  readonly #redis: Redis;
  #problem: string | undefined = "no connection has been made yet";
  #isReported = false;
  #isClosed = false;
  #failures = 0;
  #lastError: unknown;
  #probeTimer: NodeJS.Timeout | undefined;

  constructor(settings: RedisSettings, log: Logger, deadlineMs = DEADLINE_MS) {
    this.#log = log;
    this.#redis = new Redis(optionsOf(settings, deadlineMs));
    // Without a listener the client would print errors by itself.
    this.#redis.on("error", (error: unknown) => {
      this.#lastError = error;
    });
    this.#redis.on("ready", () => void this.#probe());
    this.#redis.on("close", () => this.#degrade(this.#lastError));
  }

  /** What is wrong; undefined while Redis answers. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Judges one call; undefined when Redis has not answered in time. */
  async judge(key: string, intervalMs: string, burst: string): Promise<RateReply | undefined> {
    try {
      const reply = await this.#run(key, intervalMs, burst);
      this.#failures = 0;
      return reply;
    } catch (error) {
      if (++this.#failures >= MAX_FAILURES) this.#degrade(error);
      return undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#problem = "the server is closing";
    clearTimeout(this.#probeTimer);
    this.#redis.disconnect();
  }

  async #run(...given: readonly [string, string, string]): Promise<RateReply> {
    const reply = await this.#redis.evalsha(rateScriptDigest, 1, ...given).catch((error: unknown) => {
      // A Redis that was restarted, or told to forget its scripts, is given it again.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return this.#redis.eval(rateScript, 1, ...given);
    });
    if (!isRateReply(reply)) throw new Error("UNEXPECTED reply");
    return reply;
  }

  async #probe(): Promise<void> {
    try {
      await this.#run(...PROBE);
      this.#restore();
    } catch (error) {
      this.#degrade(error);
    }
  }

  #restore(): void {
    if (this.#isClosed) return;
    this.#problem = undefined;
    this.#failures = 0;
    this.#lastError = undefined;
    this.#isReported = false;
    this.#log.info({ feature: FEATURE }, "rate limits are shared with the other nodes");
  }

  #degrade(error: unknown): void {
    if (this.#isClosed) return;
    this.#problem = redisProblem(error);
    if (!this.#isReported)
      this.#log.warn({ feature: FEATURE }, `rate limits are not shared, each node counts alone: ${this.#problem}`);
    this.#isReported = true;
    clearTimeout(this.#probeTimer);
    // Without a connection, the one that is made next begins with a probe.
    if (this.#redis.status !== "ready") return;
    this.#probeTimer = setTimeout(() => void this.#probe(), PROBE_MS).unref();
  }
}

function optionsOf({ host, port, user, password, database, tls }: RedisSettings, deadlineMs: number) {
  return {
    host,
    port,
    db: database,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(tls === false ? {} : { tls: tlsOptionsOf(host, tls.ca) }),
    commandTimeout: deadlineMs,
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: (attempts: number) => Math.min(MAX_RETRY_MS, 250 * 2 ** attempts) * (0.5 + Math.random() / 2),
    // After a fail-over the old primary takes no writes: the name leads to the new one.
    reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
  };
}

/** Said outright, because an environment variable of Node's could switch it off. */
function tlsOptionsOf(host: string, ca: string | undefined) {
  const servername = isIP(host) === 0 ? host : undefined;
  return {
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
  };
}

function isRateReply(reply: unknown): reply is RateReply {
  return Array.isArray(reply) && reply.length === 3 && reply.every(Number.isSafeInteger);
}
