const FIRST_MS = 10;
const FACTOR = 4;

/**
 * Milliseconds to wait before a plan is made for the nth time again, when other nodes write the same rows: up to 10, 40,
 * 160, at random, because those who lost together would otherwise meet again.
 */
export function replanPauseMs(replans: number, random: () => number = Math.random): number {
  return random() * FIRST_MS * FACTOR ** replans;
}
