/** Says what did not hold; used where a runner without a test framework checks too. */
export function insist(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}
