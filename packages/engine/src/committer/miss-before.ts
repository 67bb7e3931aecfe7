import type { Miss } from "./batch-result.ts";
import type { WriterSubmission } from "./pack-batch.ts";
import { tableOf } from "./plan-batch.ts";

/** Why a submission cannot stand, by what became of those before it in its batch; undefined when nothing speaks against it. */
export function missBefore(
  submission: Pick<WriterSubmission, "unless" | "after" | "changes">,
  index: number,
  missed: ReadonlySet<number>,
): Miss | undefined {
  if (submission.after.some((earlier) => missed.has(earlier))) {
    return { index, status: "conflict", table: tableOf(submission) };
  }
  const by = submission.unless.find((earlier) => !missed.has(earlier));
  return by === undefined ? undefined : { index, status: "stale", by };
}
