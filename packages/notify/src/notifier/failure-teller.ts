import { boundNotification } from "../bound-notification.ts";
import type { Clock } from "../clock.ts";
import { asNotifyError } from "../errors.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { failureNotice, FailureNotices } from "./failure-notices.ts";
import type { NotifierHooks, SinkFailure } from "./hooks.ts";
import type { SinkWorker } from "./worker.ts";

/** What befell a sink, before anybody was told. */
export type Failure = Omit<SinkFailure, "toldThrough">;

interface TellerContext {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly host: string;
  readonly hooks: Required<NotifierHooks>;
  /** The sinks that there are now. */
  readonly workers: () => readonly SinkWorker[];
}

/** Tells of a sink that fails: whoever runs the notifier always, and people through another sink once in a while. */
export class FailureTeller {
  readonly #context: TellerContext;
  readonly #notices = new FailureNotices();

  constructor(context: TellerContext) {
    this.#context = context;
  }

  /** `fromNotice`: it befell what told of another one. That is told by nobody, or two sinks would go on for ever. */
  tell(failure: Failure, fromNotice: boolean): void {
    const toldThrough = fromNotice ? undefined : this.#throughAnother(failure);
    this.#context.hooks.onSinkFailure({ ...failure, toldThrough });
  }

  /** Queues that could not hold what came. */
  tellOverflow(overflowed: ReadonlyMap<string, number>, fromNotice: boolean): void {
    for (const [sink, count] of overflowed) {
      this.tell({ sink, cause: "queue_full", code: undefined, message: "", count }, fromNotice);
    }
  }

  #throughAnother(failure: Failure): string | undefined {
    const { outbox, clock, host, hooks } = this.#context;
    const other = this.#otherThan(failure.sink);
    const count = other && this.#notices.admit(failure.sink, failure.count, clock.steadyMs());
    if (other === undefined || count === undefined) return undefined;
    try {
      const notification = boundNotification(failureNotice(failure, count, host, clock.wallMs()));
      const destinations = [{ sink: other.name, groupMs: 0 }];
      const { overflowed } = outbox.enqueue([{ notification, destinations, isNotice: true }]);
      other.wake();
      this.tellOverflow(overflowed, true);
      return other.name;
    } catch (error) {
      hooks.onTrouble(asNotifyError(error));
      return undefined;
    }
  }

  /** The one that the settings name, or else one that works, or else any. */
  #otherThan(sink: string): SinkWorker | undefined {
    const workers = this.#context.workers();
    const wanted = workers.find(({ name }) => name === sink)?.configured.settings.failuresTo;
    const others = workers.filter(({ name }) => name !== sink);
    const named = others.find(({ name }) => name === wanted);
    const sound = others.find(({ state }) => state.breaker === "closed" && !state.isPaused);
    return named ?? sound ?? others[0];
  }
}
