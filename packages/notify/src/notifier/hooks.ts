import { asNotifyError, type NotifyError, type NotifyErrorCode } from "../errors.ts";
import type { SinkKind } from "../sinks/sink.ts";

/** Something that a sink did not do, and that somebody has to hear of (ATTACKS 46). */
export interface SinkFailure {
  readonly sink: string;
  readonly cause: "breaker_opened" | "dead_letter" | "queue_full" | "recipients_refused" | "sink_removed";
  /** Of the last failure; undefined when nothing was tried. */
  readonly code: NotifyErrorCode | undefined;
  readonly message: string;
  /** How many deliveries it is about. */
  readonly count: number;
  /** The sink that was asked to tell of it; undefined when none was, or when it was told a short while ago. */
  readonly toldThrough: string | undefined;
}

/** One attempt, for metrics: durations, deliveries, and attempts that were not the first. */
export interface AttemptReport {
  readonly sink: string;
  readonly kind: SinkKind;
  readonly outcome: "sent" | "failed" | "dead";
  readonly code: NotifyErrorCode | undefined;
  readonly durationSeconds: number;
  readonly isRetry: boolean;
  readonly notificationId: string;
}

/** What whoever runs a notifier is told. None of them may raise an alert that goes to the same sinks: that would be a loop. */
export interface NotifierHooks {
  readonly onSinkFailure?: (failure: SinkFailure) => void;
  readonly onSinkRecovered?: (sink: string) => void;
  readonly onAttempt?: (report: AttemptReport) => void;
  /** The outbox could not be read or written: what was asked for is tried again. */
  readonly onTrouble?: (error: NotifyError) => void;
}

/** The hooks, none of which can end a worker by what it throws. */
export function guarded(hooks: NotifierHooks): Required<NotifierHooks> {
  const onTrouble = (error: NotifyError) => {
    try {
      hooks.onTrouble?.(error);
    } catch {
      // There is nobody left to tell.
    }
  };
  const guard =
    <T>(hook: ((value: T) => void) | undefined) =>
    (value: T) => {
      try {
        hook?.(value);
      } catch (error) {
        onTrouble(asNotifyError(error));
      }
    };
  return {
    onSinkFailure: guard(hooks.onSinkFailure),
    onSinkRecovered: guard(hooks.onSinkRecovered),
    onAttempt: guard(hooks.onAttempt),
    onTrouble,
  };
}
