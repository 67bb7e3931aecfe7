const HOUR_MS = 60 * 60 * 1000;
/** All rules together may raise as many as so many of them alone. */
const RULES_AT_ONCE = 10;
/** No rule has this id. */
const ALL = "";

/**
 * How many alerts one rule may raise in an hour, and all of them together. Whoever chooses what a row says (a command
 * line) could otherwise fill the ledger and hide one alert among thousands; what is beyond the limit comes together in one
 * alert of its rule.
 */
export class RaiseLimit {
  readonly #maxPerHour: number;
  readonly #raisedAt = new Map<string, readonly number[]>();

  constructor(maxPerHour: number) {
    this.#maxPerHour = maxPerHour;
  }

  /** Whether one more of a rule may be raised, beside those that are about to be. */
  admits(rule: string, now: number, pending: { readonly ofRule: number; readonly ofAll: number }): boolean {
    const inAll = this.#recent(ALL, now).length + pending.ofAll;
    const ofRule = this.#recent(rule, now).length + pending.ofRule;
    return inAll < this.#maxPerHour * RULES_AT_ONCE && ofRule < this.#maxPerHour;
  }

  /** One was raised. */
  count(rule: string, now: number): void {
    for (const key of [rule, ALL]) this.#raisedAt.set(key, [...this.#recent(key, now), now]);
  }

  #recent(key: string, now: number): readonly number[] {
    const recent = (this.#raisedAt.get(key) ?? []).filter((at) => at > now - HOUR_MS && at <= now);
    if (recent.length === 0) this.#raisedAt.delete(key);
    else this.#raisedAt.set(key, recent);
    return recent;
  }
}
