import { dutyCall, type Gate, type Logger, type Operation, type Principal, type Reads } from "@holdfast/engine";
import type { Notification } from "@holdfast/notify";
import { alertsAfter } from "./alerts-after.ts";
import { FLOOD_KEY } from "./dedup-key.ts";
import type { Finding } from "./finding.ts";
import { type Group, grouped, groupKeyOf, joined } from "./group.ts";
import { notificationOf, type Outbox } from "./notification.ts";
import { type Raised, raiseAlert } from "./raise.ts";
import { RaiseLimit } from "./raise-limit.ts";
import { repeatAlert } from "./repeat.ts";
import { type Held, Repetitions } from "./repetitions.ts";
import { type Alert, loadNewest, type StoredAlert } from "./store.ts";

/** What findings are recorded with. */
export interface RecorderParts {
  readonly gate: Pick<Gate, "perform">;
  readonly reads: () => Reads;
  /** Whom entries name for what the agent does unasked, and where. */
  readonly principal: Principal;
  /** Makes ids of alerts from findings. */
  readonly idKey: Uint8Array;
  readonly outbox: Outbox;
  readonly log: Logger;
  readonly now: () => number;
  /** Findings of one rule with one key are one alert, until this long after the last of them. */
  readonly groupSeconds: number;
  /** Alerts that one rule may raise in an hour. */
  readonly maxAlertsPerHour: number;
  /** Told of each alert that was raised. */
  readonly onRaised?: (alert: Alert) => void;
}

/** Alerts raised side by side: they share a commit. */
const MAX_AT_ONCE = 64;
const MAX_RETOLD_MS = 24 * 60 * 60 * 1000;

/** Turns what rules find into alerts. What `record` has taken is durable when it resolves, and is told before anything newer. */
export class AlertRecorder {
  readonly #with: RecorderParts;
  readonly #limit: RaiseLimit;
  readonly #repetitions = new Repetitions();
  #turn: Promise<unknown> = Promise.resolve();
  /** Whether the outbox may lack alerts that the ledger has. */
  #isBehind = true;
  /** Whether the outbox was known to hold a place in the ledger: one that holds none any more was begun anew. */
  #hadPlace = false;

  constructor(parts: RecorderParts) {
    this.#with = parts;
    this.#limit = new RaiseLimit(parts.maxAlertsPerHour);
  }

  /** Raises what is new and counts what is not. Rejects when it could not: the same rows are to be judged again then. */
  record(findings: readonly Finding[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      await this.#tell(await this.#raise(await this.#unknown(findings)));
      await this.#count(this.#repetitions.due(this.#with.now()));
    });
  }

  /** Counts what is held and hands over what is not told yet: at the start, every minute, and at the end. */
  settle(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      await this.#count(this.#repetitions.all());
    });
  }

  /** One after another: the outbox takes alerts in the order of their entries. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work).catch((error: unknown) => {
      // Some of it may stand in the ledger without having been told.
      this.#isBehind = true;
      throw error;
    });
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Groups that no standing alert takes; those that do not fit below the limit come together, one for each rule. */
  async #unknown(findings: readonly Finding[]): Promise<readonly Group[]> {
    const unknown: Group[] = [];
    const floods = new Map<string, Group>();
    const admitted = new Map<string, number>();
    for (const group of grouped(findings).values()) {
      if (await this.#isTaken(group)) continue;
      const { rule } = group.first;
      const ofRule = admitted.get(rule.id) ?? 0;
      if (this.#limit.admits(rule.id, this.#with.now(), { ofRule, ofAll: unknown.length })) {
        admitted.set(rule.id, ofRule + 1);
        unknown.push(group);
      } else {
        const flood = { ...group, first: { ...group.first, dedupKey: FLOOD_KEY } };
        floods.set(rule.id, joined(floods.get(rule.id), flood));
      }
    }
    for (const flood of floods.values()) if (!(await this.#isTaken(flood))) unknown.push(flood);
    return unknown;
  }

  /** Whether an alert stands that the group repeats. */
  async #isTaken(group: Group): Promise<boolean> {
    const { reads, principal, now, groupSeconds } = this.#with;
    const { rule, dedupKey } = group.first;
    const key = groupKeyOf(group.first);
    const newest = await loadNewest(reads(), principal.tenant, rule.id, dedupKey);
    if (newest === undefined) return false;
    const lastSeen = Math.max(newest.alert.lastSeen, this.#repetitions.lastFoundAt(key));
    if (lastSeen < now() - groupSeconds * 1000) {
      const held = this.#repetitions.of(key);
      if (held !== undefined) await this.#count([[key, held]]);
      return false;
    }
    const due = this.#repetitions.add(key, newest.alert, group, now());
    if (due !== undefined) await this.#count([[key, due]]);
    return true;
  }

  /** Alerts that are new and that no silence keeps back. */
  async #raise(groups: readonly Group[]): Promise<readonly StoredAlert[]> {
    const raised: StoredAlert[] = [];
    for (let at = 0; at < groups.length; at += MAX_AT_ONCE) {
      const done = await Promise.allSettled(groups.slice(at, at + MAX_AT_ONCE).map((group) => this.#raiseOne(group)));
      for (const one of done) {
        if (one.status === "rejected") throw one.reason;
        if (one.value !== undefined) raised.push(one.value);
      }
    }
    return raised;
  }

  async #raiseOne(group: Group): Promise<StoredAlert | undefined> {
    const { output, seq } = await this.#perform<Raised>(raiseAlert(this.#with.idKey, group));
    const { alert, isNew } = output;
    if (!isNew) return undefined;
    const { rule, dedupKey } = group.first;
    // Not before: what a ledger that is full for an hour does not take would use up the limit at every attempt.
    if (dedupKey !== FLOOD_KEY) this.#limit.count(rule.id, this.#with.now());
    this.#with.onRaised?.(alert);
    return alert.silencedBy === undefined ? { alert, rev: 1, raisedSeq: seq } : undefined;
  }

  async #count(due: readonly (readonly [string, Held])[]): Promise<void> {
    for (const [key, { id, group }] of due) {
      await this.#perform(repeatAlert(id, group));
      this.#repetitions.counted(key);
    }
  }

  async #perform<Output>(operation: Operation): Promise<{ readonly output: Output; readonly seq: number }> {
    const call = dutyCall(operation, this.#with.principal, new AbortController().signal);
    const answer = await this.#with.gate.perform(call);
    if (!answer.ok) throw answer.refusal;
    return { output: answer.plan.output as Output, seq: answer.seq };
  }

  /**
   * What the ledger has and the outbox has not: after a crash between the two, after it could not take something, and
   * after it was begun anew because its file was damaged. An outbox that cannot be read keeps no alert from the ledger.
   */
  async #catchUp(): Promise<void> {
    const { reads, principal, now } = this.#with;
    const place = this.#placeOfOutbox();
    if (place === undefined) {
      this.#isBehind = true;
      return;
    }
    const { watermark } = place;
    if (this.#hadPlace && watermark === undefined) this.#isBehind = true;
    this.#hadPlace = watermark !== undefined;
    if (!this.#isBehind) return;
    const after = await alertsAfter(reads(), principal.tenant, watermark ?? 0);
    // An outbox that was lost would tell of a quarter of a year; people need to hear of what may still go on.
    const oldest = watermark === undefined ? now() - MAX_RETOLD_MS : 0;
    const missed = after.filter(({ alert }) => alert.lastSeen >= oldest);
    this.#isBehind = !(await this.#isQueued(missed.map(notificationOf)));
  }

  /** Undefined when it cannot be read; the log hears of that. */
  #placeOfOutbox(): { readonly watermark: number | undefined } | undefined {
    try {
      return { watermark: this.#with.outbox.watermark() };
    } catch (error) {
      this.#with.log.error({ err: error }, "the outbox cannot be read; alerts stand in the ledger");
      return undefined;
    }
  }

  async #tell(raised: readonly StoredAlert[]): Promise<void> {
    // Nothing passes what is older: it is taken from the ledger once the outbox is there again.
    if (this.#isBehind) return;
    const inOrder = [...raised].sort((left, right) => left.raisedSeq - right.raisedSeq);
    this.#isBehind = !(await this.#isQueued(inOrder.map(notificationOf)));
  }

  async #isQueued(notifications: readonly Notification[]): Promise<boolean> {
    if (notifications.length === 0) return true;
    try {
      await this.#with.outbox.enqueue(notifications);
      this.#hadPlace = true;
      return true;
    } catch (error) {
      const count = notifications.length;
      this.#with.log.error({ err: error, count }, "alerts could not be queued for delivery; they stand in the ledger");
      return false;
    }
  }
}
