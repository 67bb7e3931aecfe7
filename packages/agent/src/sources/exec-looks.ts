import type { ProcessEvent } from "../collect/index.ts";
import type { ProcessLook } from "./look-at-process.ts";

/** An event of the kernel, with its time since boot. */
export type TimedEvent = ProcessEvent & { readonly timeNs: bigint };

/** How a process is looked at after its start was told. */
export interface LookOptions {
  readonly look: (event: TimedEvent) => ProcessLook | undefined;
  /** Time since boot, now. */
  readonly now: () => bigint;
}

interface Pending {
  readonly event: TimedEvent;
  look?: { readonly found: ProcessLook; readonly atNs: bigint } | undefined;
}

/**
 * Looks at each process that began a program, and makes sure that what was seen is of that program: between the event
 * and the look, the process may have begun another one, or ended and left its number to another process. Whether it did
 * stands in the events that were under way meanwhile, so nothing is handed out before those have been read too.
 */
export class ExecLooks {
  readonly #options: LookOptions;
  readonly #pending: Pending[] = [];
  readonly #lookedAt = new Map<number, Pending>();

  constructor(options: LookOptions) {
    this.#options = options;
  }

  /** Takes events in the order in which they happened, and looks at once. */
  add(events: readonly TimedEvent[]): void {
    for (const event of events) this.#doubt(event);
    const isLast = lastOfEach(events);
    for (const event of events) {
      const pending: Pending = { event };
      this.#pending.push(pending);
      if (event.type === "exec" && isLast.has(event)) this.#look(pending);
    }
  }

  /** Hands out all events. To be called when no event waits that is older than the looks. */
  take(): ProcessEvent[] {
    const events = this.#pending.map(({ event, look }) => (look === undefined ? event : merge(event, look.found)));
    this.#pending.length = 0;
    this.#lookedAt.clear();
    return events;
  }

  #look(pending: Pending): void {
    const found = this.#options.look(pending.event);
    if (found === undefined) return;
    pending.look = { found, atNs: this.#options.now() };
    this.#lookedAt.set(pending.event.pid, pending);
  }

  /** What was seen before this event was read, but after it happened, may be of another program. */
  #doubt(event: TimedEvent): void {
    if (event.type === "exit") return;
    const pending = this.#lookedAt.get(event.pid);
    if (pending?.look !== undefined && event.timeNs <= pending.look.atNs) pending.look = undefined;
  }
}

/** The last event of each process. */
function lastOfEach(events: readonly TimedEvent[]): Set<TimedEvent> {
  return new Set(new Map(events.map((event) => [event.pid, event])).values());
}

/** The kernel's own word goes first, but for what /proc has in full: files with links followed, and long arguments. */
function merge(event: TimedEvent, look: ProcessLook): ProcessEvent {
  const isLonger = event.cmdline !== undefined && look.cmdline?.startsWith(event.cmdline) === true;
  return {
    ...look,
    ...event,
    ...(look.path === undefined ? {} : { path: look.path }),
    ...(look.cwd === undefined ? {} : { cwd: look.cwd }),
    ...(isLonger && look.cmdline !== undefined ? { cmdline: look.cmdline } : {}),
  };
}
