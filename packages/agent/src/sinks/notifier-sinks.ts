import type { Sink as SinkView, SinkCheck, SinkTest } from "@holdfast/contract/types";
import { NotifyError, type Notification, type Notifier, type Outbox, type SinkSettings } from "@holdfast/notify";
import type { Chosen, LetterPage, Sinks } from "./sinks.ts";
import { letterView, sinkView } from "./view.ts";

/** The sinks of a notifier. */
export interface NotifierParts {
  readonly notifier: Pick<Notifier, "readings" | "try" | "check" | "retryDead">;
  readonly outbox: Pick<Outbox, "deadLetters" | "dropDead">;
  /** As they are configured now. */
  readonly settings: () => readonly SinkSettings[];
  readonly host: string;
  readonly now: () => number;
}

const TEST_TIMEOUT_MS = 15_000;
const MAX_TEXT = 1024;
const PAGE = 500;

/** Sinks and dead letters as operations show and change them. */
export class NotifierSinks implements Sinks {
  readonly #with: NotifierParts;

  constructor(parts: NotifierParts) {
    this.#with = parts;
  }

  list(): readonly SinkView[] {
    const settings = new Map(this.#with.settings().map((one) => [one.name, one]));
    return this.#with.notifier.readings().map((reading) => sinkView(reading, settings.get(reading.name)));
  }

  test(sink: string, signal: AbortSignal): Promise<SinkTest> | undefined {
    return this.#isThere(sink) ? this.#test(sink, withDeadline(signal)) : undefined;
  }

  check(sink: string, signal: AbortSignal): Promise<SinkCheck> | undefined {
    return this.#isThere(sink) ? this.#check(sink, withDeadline(signal)) : undefined;
  }

  letters({
    sink,
    after,
    limit,
  }: {
    readonly sink?: string;
    readonly after?: string;
    readonly limit: number;
  }): LetterPage {
    const page = { limit, after: numberOf(after) ?? 0, ...(sink !== undefined && { sink }) };
    const { letters, next } = this.#with.outbox.deadLetters(page);
    return { items: letters.map(letterView), ...(next !== undefined && { next: String(next) }) };
  }

  count(chosen: Chosen): number {
    return "ids" in chosen ? chosen.ids.filter((id) => this.#isDead(id)).length : this.#countOf(chosen.sink);
  }

  retry(chosen: Chosen): void {
    const { notifier } = this.#with;
    if ("sink" in chosen) notifier.retryDead(chosen);
    else for (const id of chosen.ids) notifier.retryDead({ id: numberOf(id) ?? 0 });
  }

  drop(chosen: Chosen): void {
    const { outbox } = this.#with;
    if ("sink" in chosen) outbox.dropDead(chosen);
    else for (const id of chosen.ids) outbox.dropDead({ id: numberOf(id) ?? 0 });
  }

  async #test(sink: string, signal: AbortSignal): Promise<SinkTest> {
    const startedAt = performance.now();
    const done = (delivered: boolean, detail: string): SinkTest => {
      return { sink, delivered, detail: detail.slice(0, MAX_TEXT), durationMs: performance.now() - startedAt };
    };
    try {
      const { isConfirmed } = await this.#with.notifier.try(sink, testOf(this.#with), signal);
      return done(true, isConfirmed ? "the other side has it" : "it was sent; nobody answers there");
    } catch (error) {
      if (error instanceof NotifyError) return done(false, `${error.code}: ${error.message}`);
      throw error;
    }
  }

  async #check(sink: string, signal: AbortSignal): Promise<SinkCheck> {
    const startedAt = performance.now();
    const health = await this.#with.notifier.check(sink, signal);
    const detail = health.isHealthy ? health.reached : `${health.code}: ${health.message}`;
    return {
      sink,
      healthy: health.isHealthy,
      detail: detail.slice(0, MAX_TEXT),
      durationMs: performance.now() - startedAt,
    };
  }

  #isThere(sink: string): boolean {
    return this.#with.settings().some(({ name }) => name === sink);
  }

  #isDead(id: string): boolean {
    const number = numberOf(id);
    if (number === undefined) return false;
    const [first] = this.#with.outbox.deadLetters({ after: number - 1, limit: 1 }).letters;
    return first?.id === number;
  }

  #countOf(sink: string): number {
    let count = 0;
    let after: number | undefined = 0;
    while (after !== undefined) {
      const page: { readonly letters: readonly unknown[]; readonly next: number | undefined } =
        this.#with.outbox.deadLetters({ sink, after, limit: PAGE });
      count += page.letters.length;
      after = page.next;
    }
    return count;
  }
}

const withDeadline = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(TEST_TIMEOUT_MS)]);

/** Ids of dead letters are whole numbers. */
function numberOf(id: string | undefined): number | undefined {
  const number = id !== undefined && /^[1-9][0-9]{0,14}$/.test(id) ? Number(id) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** It says that it is a test, so that nobody is woken by it twice. */
function testOf({ host, now }: NotifierParts): Notification {
  const at = now();
  return {
    id: `test-${at}`,
    seq: 0,
    severity: "informational",
    title: "This is a test",
    ruleId: "test",
    host,
    summary: "Somebody asked Holdfast to send this. Nothing has happened.",
    firstSeenAt: at,
    lastSeenAt: at,
    count: 1,
    details: {},
    attack: [],
  };
}
