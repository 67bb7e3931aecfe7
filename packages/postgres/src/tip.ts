import type { StoredCheckpoint } from "@holdfast/engine";
import { FootprintWindow } from "@holdfast/engine/back-end";
import type { SignedHead } from "@holdfast/kernel/head";
import type { Tree } from "@holdfast/kernel/tiles";

/** Where this node believes the ledger to stand; a commit proves it, or shows that another node has gone on. */
export interface Tip {
  /** Whether the database holds a head yet: the batch with entry 0 makes it. */
  readonly exists: boolean;
  readonly head: SignedHead;
  readonly tree: Tree;
  /** Time of the newest entry: a clock that was set back, or another node's that is behind, does not bring it back. */
  readonly timeMs: number;
  readonly checkpoint: StoredCheckpoint | undefined;
}

/** The tip with the footprints that led there; plans are judged against both. */
export class Position {
  tip: Tip;
  readonly window: FootprintWindow;

  constructor(tip: Tip) {
    this.tip = tip;
    this.window = new FootprintWindow(tip.head.size);
  }
}
