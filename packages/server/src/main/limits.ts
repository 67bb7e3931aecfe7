import type { Logger } from "@holdfast/engine";
import { type Limits, ownLimits } from "@holdfast/spine";
import type { Configuration } from "./configuration.ts";
import { createSharedLimiters } from "./shared-limits.ts";

/** `secret`: what every node of the installation has and nobody else. */
export function createLimits(
  { actorRate, addressRate, strangerRate, redis }: Configuration,
  secret: Uint8Array,
  log: Logger,
): Limits {
  const rates = { actor: actorRate, address: addressRate, stranger: strangerRate };
  if (redis === undefined) return ownLimits(rates);
  const shared = createSharedLimiters({ redis, secret, rates }, log);
  return {
    actor: shared.actor,
    address: shared.address,
    stranger: shared.stranger,
    features: () => [shared.feature()],
    close: () => shared.close(),
  };
}
