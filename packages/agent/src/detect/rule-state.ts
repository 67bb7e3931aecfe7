/** What is remembered of a rule from one run to the next. */
export interface RuleState {
  readonly fingerprint: string;
  /** Rows up to here are judged; undefined: as far as those of all the others. */
  readonly watermark: number | undefined;
  /** Of a rule that runs every so often: Unix time; 0 before the first run. */
  readonly lastRunAt: number;
  /** Failures since the last success. */
  readonly failures: number;
  /** Not before this Unix time, after a failure. */
  readonly retryAt: number;
  /** New rows to judge in one run, after one that was too much. */
  readonly rowLimit: number | undefined;
  readonly disabled: { readonly reason: string; readonly at: number } | undefined;
  /** Of a differential query: which series of results this is, and the number of the next result in it. */
  readonly epoch: number;
  readonly counter: number;
}

/** A rule that has not run yet. */
export function newState(fingerprint: string, watermark: number): RuleState {
  return {
    fingerprint,
    watermark,
    lastRunAt: 0,
    failures: 0,
    retryAt: 0,
    rowLimit: undefined,
    disabled: undefined,
    epoch: 0,
    counter: 0,
  };
}

/** The state of a rule that reads differently now: how far it was stays, its record begins anew. */
export function changedState(state: RuleState, fingerprint: string): RuleState {
  const { watermark, lastRunAt, epoch } = state;
  return { ...newState(fingerprint, 0), watermark, lastRunAt, epoch: epoch + 1 };
}

/** A rule gets another chance: its failures are forgotten, and it goes on where it was. */
export function enabledState(state: RuleState): RuleState {
  return { ...state, failures: 0, retryAt: 0, disabled: undefined };
}

/** A rule that fails is tried again after 2, 4, 8 … seconds. */
export const MAX_RETRY_SECONDS = 64;
/** Rows to judge at once after the first failure; fewer and fewer after the next ones. */
const FIRST_ROW_LIMIT = 4_096;
const ROW_LIMIT_SHRINKS = 4;
const NO_ROW_LIMIT = 1_000_000;

/** After a failure that is the rule's own. With `maxFailures` of them in a row it is switched off. */
export function failedState(state: RuleState, message: string, now: number, maxFailures: number): RuleState {
  const failures = state.failures + 1;
  const retryAt = now + Math.min(MAX_RETRY_SECONDS, 2 ** failures);
  const failed = { ...tooMuch(state), failures, retryAt };
  if (failures < maxFailures) return failed;
  return {
    ...failed,
    disabled: { reason: `It failed ${failures} times in a row; the last time: ${message}`, at: now },
  };
}

/** After a success: rows up to here are judged. */
export function succeededState(state: RuleState, watermark: number): RuleState {
  return { ...state, watermark, failures: 0, retryAt: 0 };
}

/** When a rule has judged everything there is, it may be given more at once the next time. */
export function caughtUpState(state: RuleState): RuleState {
  const doubled = (state.rowLimit ?? NO_ROW_LIMIT) * 2;
  return { ...state, rowLimit: doubled >= NO_ROW_LIMIT ? undefined : doubled };
}

/** After a run over more new rows than it could take; at most `rows` of them next time. */
export function tooMuch(state: RuleState, rows = FIRST_ROW_LIMIT): RuleState {
  const fewer = state.rowLimit === undefined ? rows : Math.min(rows, Math.floor(state.rowLimit / ROW_LIMIT_SHRINKS));
  return { ...state, rowLimit: Math.max(1, fewer) };
}

export const encodeState = (state: RuleState): string => JSON.stringify(state);

/** Reads what `encodeState` wrote; undefined for anything else, which makes the rule a new one. */
export function decodeState(text: string): RuleState | undefined {
  const fields = fieldsIn(text);
  const { fingerprint, disabled } = fields;
  const numbers = ["lastRunAt", "failures", "retryAt", "epoch", "counter"].map((name) => fields[name]);
  const optional = [fields["watermark"], fields["rowLimit"]].filter((one) => one !== undefined);
  const isWhole = [...numbers, ...optional].every((number) => Number.isSafeInteger(number));
  if (typeof fingerprint !== "string" || !isWhole || (disabled !== undefined && !isDisabling(disabled)))
    return undefined;
  // JSON leaves out what is undefined.
  const { watermark, rowLimit, disabled: off, ...rest } = fields as Partial<RuleState> & typeof fields;
  return { ...(rest as unknown as RuleState), watermark, rowLimit, disabled: off };
}

function fieldsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isDisabling(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { reason, at } = value as { readonly reason?: unknown; readonly at?: unknown };
  return typeof reason === "string" && Number.isSafeInteger(at);
}
