/**
 * Measures every case once a round, beginning with another one each time: what the machine does beside it, and what a
 * case leaves behind, meets all of them alike.
 */
export async function interleave<Case, Result>(
  cases: readonly Case[],
  rounds: number,
  measure: (one: Case) => Result | Promise<Result>,
): Promise<ReadonlyMap<Case, readonly Result[]>> {
  const results = new Map<Case, Result[]>(cases.map((one) => [one, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < cases.length; turn += 1) {
      const one = cases[(turn + round) % cases.length]!;
      results.get(one)!.push(await measure(one));
    }
  }
  return results;
}
