import type { Output } from "./output.ts";

/** How far long work is; only a terminal sees it, and nothing of it is left behind. */
export interface Progress {
  readonly show: (done: number, size: number) => void;
  readonly end: () => void;
}

const leastPauseMs = 100;

export function progress(output: Output, noun: string): Progress {
  if (!output.isErrorTerminal) return { show: () => {}, end: () => {} };
  let lastMs = 0;
  return {
    show: (done, size) => {
      const nowMs = performance.now();
      if (nowMs - lastMs < leastPauseMs) return;
      lastMs = nowMs;
      output.err(`\r${done} of ${size} ${noun} (${Math.floor((100 * done) / Math.max(1, size))} %)`);
    },
    end: () => output.err(lastMs === 0 ? "" : "\r\u001b[K"),
  };
}
