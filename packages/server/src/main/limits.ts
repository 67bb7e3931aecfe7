import { type Limiter, type Logger, type Rate, RateLimiter } from "@holdfast/engine";
import type { Configuration } from "./configuration.ts";
import type { Feature } from "./features.ts";
import { createSharedLimiters } from "./shared-limits.ts";

/** What calls are counted against, by this node alone or by all of them together. */
export interface Limits {
  readonly actor: Limiter | undefined;
  readonly address: Limiter | undefined;
  readonly stranger: Limiter | undefined;
  /** Whether they are counted as configured. */
  features(): readonly Feature[];
  close(): void;
}

/** `secret`: what every node of the installation has and nobody else. */
export function createLimits(
  { actorRate, addressRate, strangerRate, redis }: Configuration,
  secret: Uint8Array,
  log: Logger,
): Limits {
  if (redis === undefined) {
    return {
      actor: limiterOf(actorRate),
      address: limiterOf(addressRate),
      stranger: limiterOf(strangerRate),
      features: () => [],
      close: () => {},
    };
  }
  const rates = { actor: actorRate, address: addressRate, stranger: strangerRate };
  const shared = createSharedLimiters({ redis, secret, rates }, log);
  return {
    actor: shared.actor,
    address: shared.address,
    stranger: shared.stranger,
    features: () => [shared.feature()],
    close: () => shared.close(),
  };
}

const limiterOf = (rate: Rate | undefined): RateLimiter | undefined =>
  rate === undefined ? undefined : new RateLimiter(rate);
