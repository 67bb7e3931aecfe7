/** How much a process keeps at hand, and how closely it looks at itself: memory and time that it costs while nobody asks. */
export interface Sizes {
  /** Values that were read, by number and by their bytes. */
  readonly values: number;
  readonly valueBytes: number;
  /** Keys that were unwrapped, of each kind; they go after ten minutes in any case. */
  readonly keys: number;
  /** Between two looks at how late the event loop is. */
  readonly loopLookMs: number;
}

/** Of a busy server. */
export const ampleSizes: Sizes = {
  values: 100_000,
  valueBytes: 64 * 1024 * 1024,
  keys: 10_000,
  loopLookMs: 10,
};

/** Of an agent, who has little memory, and is asked now and then. */
export const spareSizes: Sizes = {
  values: 1_000,
  valueBytes: 4 * 1024 * 1024,
  keys: 100,
  loopLookMs: 1_000,
};
