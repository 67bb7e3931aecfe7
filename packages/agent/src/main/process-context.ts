import type { Logger } from "@holdfast/engine";
import type { Cell } from "../alerts/index.ts";
import { type EventStore, processColumns, tellingColumns } from "../events/index.ts";

type FoundRow = Readonly<Record<string, Cell>>;

/** Which changes a rule looked at. */
export interface LookedAt {
  readonly after: number;
  readonly upTo: number;
}

/** What is known of the process that a row names, in columns that the row has not. */
export type ProcessContext = (row: FoundRow, span: LookedAt) => FoundRow;

/**
 * A rule says what it selects, and whoever is woken by it wants to know who it was: the process is looked up by the row's
 * pid, or by the number of its change. An alert is raised without it rather than not at all.
 */
export function processContext(store: Pick<EventStore, "processAt">, log: Logger): ProcessContext {
  return (row, span) => {
    const [pid, seq] = [whole(row["pid"]), whole(row["seq"])];
    if (pid === undefined && seq === undefined) return {};
    try {
      const process = store.processAt({
        ...span,
        ...(pid !== undefined && { pid }),
        ...(seq !== undefined && { seq }),
        like: likeOf(row),
      });
      return process === undefined ? {} : missingIn(row, process);
    } catch (error) {
      log.warn({ err: error }, "the process of an alert cannot be looked up");
      return {};
    }
  };
}

const likeOf = (row: FoundRow): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    tellingColumns.flatMap((name) => {
      const value = row[name] ?? undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** Never what the rule selected itself, also under another case of its name; and nothing that is not known. */
function missingIn(row: FoundRow, process: FoundRow): FoundRow {
  const selected = new Set(Object.keys(row).map((column) => column.toLowerCase()));
  const known = processColumns.filter((column) => !selected.has(column) && (process[column] ?? "") !== "");
  return Object.fromEntries(known.map((column) => [column, process[column] ?? null]));
}

const whole = (value: Cell | undefined): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
