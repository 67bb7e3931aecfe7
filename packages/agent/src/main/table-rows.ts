import type { HostWithReadings } from "@holdfast/contract/types";
import { type Executor, ExecutorError } from "../detect/index.ts";

/** How many rows each table has; none of them while the executor cannot say. */
export async function tableRows(
  executor: Pick<Executor, "run">,
  tables: readonly string[],
  upTo: number,
): Promise<HostWithReadings["tables"]> {
  try {
    const counts = tables.map(async (name) => {
      const bounds = { [name]: { after: 0, upTo } };
      const { rows } = await executor.run({ sql: `SELECT count(*) FROM "${name}"`, parameters: [], bounds });
      return { name, rows: Number(rows[0]?.[0] ?? 0) };
    });
    return await Promise.all(counts);
  } catch (error) {
    if (error instanceof ExecutorError) return [];
    throw error;
  }
}
