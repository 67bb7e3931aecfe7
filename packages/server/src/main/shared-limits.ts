import { type Limiter, type Logger, type Rate, RateLimiter, type RateVerdict } from "@holdfast/engine";
import { hmacSha512_256 } from "@holdfast/engine/crypto";
import type { Feature } from "@holdfast/runtime";
import { RedisLink } from "./redis-link.ts";
import type { RedisSettings } from "./redis-settings.ts";

/** What shared limits are made of. */
export interface SharedLimitSettings {
  readonly redis: RedisSettings;
  /** 32 bytes that every node of the installation has and nobody else: names what is counted. */
  readonly secret: Uint8Array;
  readonly rates: {
    readonly actor: Rate | undefined;
    readonly address: Rate | undefined;
    readonly stranger: Rate | undefined;
  };
}

/** What tests replace; configuration never reaches it. */
export interface SharedLimitDependencies {
  /** How long a call waits for Redis before it is counted here. */
  readonly deadlineMs?: number;
}

/** Limits that all nodes count together. */
export interface SharedLimiters {
  readonly actor: Limiter | undefined;
  readonly address: Limiter | undefined;
  readonly stranger: Limiter | undefined;
  feature(): Feature;
  close(): void;
}

/**
 * Limits by way of Redis, in which one bucket of each actor and address serves all nodes. While Redis is away each node
 * grants the whole rate by itself: n nodes then admit n times as much, which harms nobody, where a share of it would
 * refuse callers whom a load balancer sends to one node.
 *
 *     const limits = createSharedLimiters({ redis, secret, rates }, log);
 *     new Gate({ …, limits });  // a verdict comes later while Redis is there, at once while it is not
 *     limits.feature();         // for `status`
 *     limits.close();
 */
export function createSharedLimiters(
  { redis, secret, rates }: SharedLimitSettings,
  log: Logger,
  dependencies: SharedLimitDependencies = {},
): SharedLimiters {
  const link = new RedisLink(redis, log, dependencies.deadlineMs);
  const limiterOf = (kind: string, rate: Rate | undefined) =>
    rate === undefined ? undefined : new SharedLimiter(kind, rate, secret, link);
  return {
    actor: limiterOf("actor", rates.actor),
    address: limiterOf("address", rates.address),
    stranger: limiterOf("stranger", rates.stranger),
    feature: () => featureOf(link.problem),
    close: () => link.close(),
  };
}

function featureOf(problem: string | undefined): Feature {
  const name = "shared-rate-limits";
  return problem === undefined
    ? { name, state: "available", detail: "all nodes count calls together" }
    : { name, state: "degraded", detail: `${problem}; each node counts alone` };
}

/** One of the limits: counts here as well, so that it can go on alone, and floods of one node never reach Redis. */
class SharedLimiter implements Limiter {
  readonly #own: RateLimiter;
  readonly #secret: Uint8Array;
  readonly #link: RedisLink;
  readonly #prefix: string;
  readonly #intervalMs: string;
  readonly #burst: string;

  constructor(kind: string, rate: Rate, secret: Uint8Array, link: RedisLink) {
    this.#own = new RateLimiter(rate);
    this.#secret = secret;
    this.#link = link;
    this.#intervalMs = String(1000 / rate.perSecond);
    this.#burst = String(rate.burst);
    // Nodes that were told different rates do not spoil each other's numbers.
    this.#prefix = `${kind}\0${this.#intervalMs}\0${this.#burst}\0`;
  }

  take(key: string, nowMs: number): RateVerdict | Promise<RateVerdict> {
    const own = this.#own.take(key, nowMs);
    // What is too much for one node is too much for all.
    if (!own.allowed || this.#link.problem !== undefined) return own;
    return this.#ask(key, own);
  }

  async #ask(key: string, own: RateVerdict): Promise<RateVerdict> {
    const reply = await this.#link.judge(this.#nameOf(key), this.#intervalMs, this.#burst);
    if (reply === undefined) return own;
    const [allowed, remaining, resetMicroseconds] = reply;
    return { allowed: allowed === 1, remaining, resetSeconds: resetMicroseconds / 1_000_000 };
  }

  /** Actors and addresses stand in Redis under a MAC: whoever reads it learns no name, and cannot find one by trying. */
  #nameOf(key: string): string {
    const mac = hmacSha512_256(this.#secret, Buffer.from(`${this.#prefix}${key}`));
    return `holdfast:rate:${Buffer.from(mac).toString("base64url")}`;
  }
}
