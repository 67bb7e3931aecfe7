const HOUR_MS = 60 * 60 * 1000;

/**
 * How many alerts one rule may raise in an hour. Whoever chooses what a row says (a command line) could otherwise fill
 * the ledger and hide one alert among thousands; what is beyond the limit comes together in one alert of its rule.
 */
export class RaiseLimit {
  readonly #maxPerHour: number;
  readonly #raisedAt = new Map<string, number[]>();

  constructor(maxPerHour: number) {
    this.#maxPerHour = maxPerHour;
  }

  admits(rule: string, now: number): boolean {
    const recent = (this.#raisedAt.get(rule) ?? []).filter((at) => at > now - HOUR_MS && at <= now);
    if (recent.length === 0) this.#raisedAt.delete(rule);
    else this.#raisedAt.set(rule, recent);
    return recent.length < this.#maxPerHour;
  }

  count(rule: string, now: number): void {
    this.#raisedAt.set(rule, [...(this.#raisedAt.get(rule) ?? []), now]);
  }
}
