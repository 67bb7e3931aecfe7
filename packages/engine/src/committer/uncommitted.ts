import type { Submission } from "../submission.ts";

/**
 * Submissions that do not come to stand, with everyone who was planned on their rows, and on theirs in turn: known at
 * once, so that nobody else plans on a row that will never be.
 */
export class Uncommitted {
  readonly #those = new WeakSet<Submission>();
  readonly #planned = new WeakMap<Submission, Submission[]>();

  has(submission: Submission): boolean {
    return this.#those.has(submission);
  }

  /** Is told of every submission before anyone can plan on it. */
  follow(submission: Submission): void {
    for (const earlier of submission.after ?? []) {
      if (this.#those.has(earlier)) this.add(submission);
      const planned = this.#planned.get(earlier);
      if (planned === undefined) this.#planned.set(earlier, [submission]);
      else planned.push(submission);
    }
  }

  add(submission: Submission): void {
    const open = [submission];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.#those.has(next)) continue;
      this.#those.add(next);
      open.push(...(this.#planned.get(next) ?? []));
    }
  }
}
