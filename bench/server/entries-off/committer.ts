import { createCommitter as create } from "../../../packages/engine/src/sqlite/committer.ts";
import type { CommitterDependencies, CommitterOptions } from "../../../packages/engine/src/sqlite/options.ts";

/** The committer with its transactions, savepoints, row versions, row MACs and fsync, and no entries, tiles or heads. */
export const createCommitter = (options: CommitterOptions, dependencies: CommitterDependencies = {}) =>
  create(options, { ...dependencies, recordEntries: false });
