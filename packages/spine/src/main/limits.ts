import { type Limiter, type Rate, RateLimiter } from "@holdfast/engine";
import type { Feature } from "@holdfast/runtime";

/** Calls a second; undefined where nobody counts. */
export interface Rates {
  readonly actor: Rate | undefined;
  readonly address: Rate | undefined;
  /** Refused credentials of one address that leave an entry each. */
  readonly stranger: Rate | undefined;
}

/** What calls are counted against, by this process alone or by all nodes together. */
export interface Limits {
  readonly actor: Limiter | undefined;
  readonly address: Limiter | undefined;
  readonly stranger: Limiter | undefined;
  /** Whether they are counted as configured. */
  features(): readonly Feature[];
  close(): void;
}

/** Limits that this process counts for itself. */
export function ownLimits({ actor, address, stranger }: Rates): Limits {
  return {
    actor: limiterOf(actor),
    address: limiterOf(address),
    stranger: limiterOf(stranger),
    features: () => [],
    close: () => {},
  };
}

const limiterOf = (rate: Rate | undefined): RateLimiter | undefined =>
  rate === undefined ? undefined : new RateLimiter(rate);
