/** A write as its client began it. */
export interface Begun {
  readonly key: string;
  readonly value: string;
  readonly cas?: number;
  /** Who asked: an Idempotency-Key is bound to its actor. */
  readonly worker: number;
  /** A client that lost its answer asks again with the same one. */
  readonly idempotencyKey: string;
}

/** A write that was acknowledged. */
export interface Written extends Begun {
  readonly version: number;
  readonly seq: number;
}

/** What the clients know when the server has died; what they were told has to be true for ever. */
export interface Told {
  readonly written: Written[];
  /** Positions of the entries of acknowledged reads. */
  readonly readAt: number[];
  /** No answer came: done once, or not at all. */
  readonly inDoubt: Begun[];
  /** Keys of this round that have one writer each. */
  readonly keys: string[];
  /** Called with the number of acknowledged writes after each. */
  onWritten: (count: number) => void;
}

export const nothingTold = (): Told => ({ written: [], readAt: [], inDoubt: [], keys: [], onWritten: () => undefined });

/** Counted up by several writers at once, by check-and-set, through all rounds. */
export const HOT_KEY = "applications/faults/hot";
