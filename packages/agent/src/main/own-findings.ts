import type { Severity } from "@holdfast/rules";
import { type Finding, findingOf } from "../alerts/index.ts";

/** What waits is bounded; alerts of one rule and key are one anyway. */
const MAX_WAITING = 256;

/** What most of them mean. */
export const LESS = "The agent tells of itself: it sees, judges or tells less than it should.";

/** What is said of a finding when it is not that the agent does less than it should. */
export interface OwnWords {
  readonly severity?: Severity;
  readonly description?: string;
}

/** What people have to hear of the agent itself, recorded and told like what rules find, whatever the rules are. */
export class OwnFindings {
  readonly #host: string;
  readonly #now: () => number;
  #waiting: Finding[] = [];

  constructor(host: string, now: () => number = Date.now) {
    this.#host = host;
    this.#now = now;
  }

  /** `details` tell one finding from another: the same ones again are a repetition. */
  raise(
    id: string,
    title: string,
    details: Readonly<Record<string, string>>,
    { severity = "high", description = LESS }: OwnWords = {},
  ): void {
    const rule = {
      id,
      title,
      severity,
      description,
      falsePositives: [],
      attack: [],
      dedup: Object.keys(details),
    } as const;
    const foundAt = this.#now();
    this.#waiting.push(findingOf(rule, details, { host: this.#host, foundAt, upTo: foundAt }));
    this.#waiting = this.#waiting.slice(-MAX_WAITING);
  }

  take(): readonly Finding[] {
    return this.#waiting.splice(0);
  }

  /** What could not be recorded waits for the next time. */
  restore(findings: readonly Finding[]): void {
    this.#waiting = [...findings, ...this.#waiting].slice(-MAX_WAITING);
  }
}
