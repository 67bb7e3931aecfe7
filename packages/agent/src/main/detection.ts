import type { Logger } from "@holdfast/engine";
import { ruleTables } from "@holdfast/rules";
import type { Feature } from "@holdfast/runtime";
import { type AlertRecorder, findingOf } from "../alerts/index.ts";
import { type Changed, ExecutorError, type Found, type ScheduledRule, Scheduler } from "../detect/index.ts";
import type { LoadedRule, RuleReading } from "../rules/index.ts";
import { changedRows } from "./changed-rows.ts";
import { processContext, type ProcessContext } from "./process-context.ts";
import type { AgentMetrics } from "./metrics.ts";
import type { OpenExecutors } from "./open-executors.ts";
import type { OpenStore } from "./open-store.ts";
import { LESS, type OwnFindings } from "./own-findings.ts";
import { RuleReadings } from "./rule-readings.ts";

/** What detection works with. */
export interface DetectionParts {
  readonly host: string;
  readonly stored: Pick<OpenStore, "store" | "losses" | "onRenewed">;
  readonly executors: Pick<OpenExecutors, "rules" | "renew">;
  readonly own: OwnFindings;
  readonly metrics: AgentMetrics;
  readonly log: Logger;
  readonly now?: () => number;
}

/** A rule as the scheduler runs it, with all that alerts say of it. */
interface Judged extends ScheduledRule {
  readonly loaded: LoadedRule;
}

type Recorder = Pick<AlertRecorder, "record">;

/** An executor that is not there for so long, while rules want it, is told of: its place may have been made unusable. */
const UNJUDGED_MS = 30_000;
/** More than a series ever has, so that a change has a number of its own. */
const RESULTS_IN_AN_EPOCH = 1_000_000_000;

/** Judges what is new by the rules that run, and has what they find recorded. */
export class Detection {
  readonly #with: DetectionParts;
  readonly #now: () => number;
  readonly #scheduler: Scheduler<Judged>;
  readonly #readings = new RuleReadings();
  readonly #contextOf: ProcessContext;
  #rules: ReadonlyMap<string, Judged> = new Map();
  #recorder: Recorder | undefined;
  #beat: () => void = () => {};
  /** Since when no rule was judged for want of an executor, and whether that was told. */
  #unjudged: { readonly since: number; isTold: boolean } | undefined;

  /** Made before the first rows are written, so that none of them is taken for judged. */
  constructor(parts: DetectionParts) {
    const { stored, executors, metrics } = parts;
    const { store } = stored;
    this.#with = parts;
    this.#now = parts.now ?? Date.now;
    this.#contextOf = processContext(store, parts.log);
    this.#scheduler = new Scheduler<Judged>({
      tables: ruleTables,
      source: store,
      memory: store,
      run: (statement) => executors.rules.run(statement),
      now: this.#now,
      metrics: {
        observeRun: (rule, seconds) => this.#ran(rule, seconds),
        countError: (rule, code) => metrics.ruleFailed(rule, code),
      },
      reports: {
        findings: (rule, found) => this.#found(rule, found),
        changes: (rule, changed) => this.#changed(rule, changed),
        failed: (rule, error) => this.#failed(rule, error),
        notRemembered: (error) => parts.log.error({ err: error }, "how far rules are is not remembered yet"),
        disabled: (rule, reason) => this.#disabled(rule, reason),
      },
    });
    stored.onRenewed(() => {
      this.#scheduler.rewrite();
      executors.renew();
    });
  }

  /** These rules run from the next tick on. One that is on again after it was off gets another chance. */
  setRules(running: readonly LoadedRule[]): void {
    const before = this.#rules;
    this.#rules = new Map(running.map((loaded) => [loaded.rule.id, judgedOf(loaded)]));
    for (const [id, rule] of this.#rules) if (!before.has(id)) this.#scheduler.enable(rule);
    this.#scheduler.setRules([...this.#rules.values()]);
    this.#readings.keepOnly(new Set(this.#rules.keys()));
  }

  /** Somebody wants the rule to run, whatever had stopped it. */
  enable({ rule }: LoadedRule): void {
    const judged = this.#rules.get(rule.id);
    if (judged !== undefined) this.#scheduler.enable(judged);
  }

  /** From now on findings are recorded; before, nothing is judged. */
  begin(recorder: Recorder): void {
    this.#recorder = recorder;
  }

  /** Judges what is new, once the findings about the agent itself are recorded; `beat` is called for each rule. */
  async tick(beat: () => void = () => {}): Promise<void> {
    this.#beat = beat;
    const recorder = this.#recorder;
    if (recorder === undefined) return;
    const { own } = this.#with;
    const waiting = own.take();
    try {
      await recorder.record(waiting);
      await this.#scheduler.tick();
    } catch (error) {
      own.restore(waiting);
      this.#with.log.error({ err: error }, "findings are not recorded yet; they are judged again");
    }
  }

  readingOf(rule: string): RuleReading | undefined {
    const reading = this.#readings.of(rule);
    const judged = this.#rules.get(rule);
    const disabled = judged && this.#scheduler.stateOf(judged).disabled;
    if (disabled === undefined) return reading;
    return { ...(reading ?? { findings: 0, errors: 0 }), stoppedBecause: disabled.reason };
  }

  feature(): Feature {
    const name = "rules";
    const off = [...this.#rules.values()].filter((rule) => this.#scheduler.stateOf(rule).disabled !== undefined);
    const detail = `${this.#rules.size - off.length} run`;
    if (off.length === 0) return { name, state: "available", detail };
    return {
      name,
      state: "degraded",
      detail: `${detail}; switched off for failing: ${off.map(({ id, loaded }) => nameOf(id, loaded.rule.title)).join(", ")}`,
    };
  }

  async #found({ loaded }: Judged, { rows, after, upTo, isTruncated }: Found): Promise<void> {
    const { host, log, stored } = this.#with;
    const { rule } = loaded;
    if (isTruncated) {
      log.warn({ rule: rule.id, rows: rows.length }, "a rule found more than may be brought back");
      // How much it was is not known: more than nothing (ATTACKS 38).
      stored.losses.add("executor", rule.id, "too_many_findings", 1);
    }
    this.#readings.found(rule.id, rows.length);
    const at = { host, foundAt: this.#now(), upTo };
    const span = { after, upTo };
    const context = (row: (typeof rows)[number]) => () => this.#contextOf(row, span);
    await this.#recorder?.record(rows.map((row) => findingOf(rule, row, { ...at, context: context(row) })));
  }

  /** The first result is what the later ones are compared with: it tells of nothing new. */
  async #changed({ loaded }: Judged, changed: Changed): Promise<void> {
    if (changed.counter === 0) return;
    const { rule } = loaded;
    const rows = changedRows(changed);
    this.#readings.found(rule.id, rows.length);
    // The same change is the same finding when it is compared again after a crash.
    const at = {
      host: this.#with.host,
      foundAt: this.#now(),
      upTo: changed.epoch * RESULTS_IN_AN_EPOCH + changed.counter,
    };
    const by = { ...rule, dedup: rule.dedup.length === 0 ? [] : [...rule.dedup, "change"] };
    const span = { after: 0, upTo: this.#with.stored.store.head };
    const context = (row: (typeof rows)[number]) => () => this.#contextOf(row, span);
    await this.#recorder?.record(rows.map((row) => findingOf(by, row, { ...at, context: context(row) })));
  }

  #ran(rule: string, seconds: number): void {
    this.#beat();
    this.#unjudged = undefined;
    this.#with.metrics.judged(rule, seconds);
    this.#readings.ran(rule, this.#now(), seconds * 1_000);
  }

  #failed({ id, loaded }: Judged, error: Error): void {
    this.#beat();
    if (error instanceof ExecutorError && error.code === "unavailable") this.#noExecutor(error.message);
    this.#readings.failed(id, this.#now(), error.message);
    const { title } = loaded.rule;
    this.#with.log.warn(
      { rule: id, title, reason: error.message },
      "a rule could not be judged; its rows are judged again",
    );
  }

  #noExecutor(reason: string): void {
    this.#unjudged ??= { since: this.#now(), isTold: false };
    const { since, isTold } = this.#unjudged;
    if (isTold || this.#now() - since < UNJUDGED_MS) return;
    this.#unjudged.isTold = true;
    this.#with.log.error({ reason }, "no rule is judged, because there is no process that judges");
    this.#with.own.raise("agent-rules-not-judged", "Rules are not judged", { executor: "unavailable" });
  }

  #disabled({ id, loaded }: Judged, reason: string): void {
    const { title: called } = loaded.rule;
    this.#with.log.error(
      { rule: id, title: called, reason },
      "a rule was switched off, because it failed again and again",
    );
    const title = "A rule was switched off, because it failed again and again";
    const description = `${LESS} The rule ${id} is called: ${called}`;
    this.#with.own.raise("agent-rule-disabled", title, { rule: id, reason }, { description });
  }
}

/** Ids of imported rules say nothing to people. */
const nameOf = (id: string, title: string): string => (/^[0-9a-f-]{36}$/.test(id) ? `${title} (${id})` : id);

function judgedOf(loaded: LoadedRule): Judged {
  const { id, schedule, windowSeconds, isDifferential } = loaded.rule;
  const further = {
    ...(windowSeconds !== undefined && { windowSeconds }),
    ...(isDifferential !== undefined && { isDifferential }),
  };
  return { id, statement: loaded.statement, schedule, ...further, loaded };
}
