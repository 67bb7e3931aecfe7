import type { ExecutorError } from "./errors.ts";
import type { Job } from "./job.ts";

const MAX_WAITING = 10_000;
/** How many are sent ahead of their answers, so that the process need not wait for this one between two. */
const SENT_AHEAD = 32;

/** Jobs in their order: those that were sent, of which the first one runs, and those that wait. */
export class JobLine {
  #sent: Job[] = [];
  #waiting: Job[] = [];

  get running(): Job | undefined {
    return this.#sent[0];
  }

  get length(): number {
    return this.#sent.length + this.#waiting.length;
  }

  /** False when too many wait. */
  add(job: Job): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push(job);
    return true;
  }

  /** Those that are to be sent now. */
  takeForSending(): readonly Job[] {
    const jobs = this.#waiting.splice(0, SENT_AHEAD - this.#sent.length);
    this.#sent.push(...jobs);
    return jobs;
  }

  /** The job that an answer is for; undefined when it is none that could be answered now. */
  finish(id: number): Job | undefined {
    return this.#sent[0]?.id === id ? this.#sent.shift() : undefined;
  }

  /** Forgets a job that need not be sent any more; one that was sent is answered all the same. */
  drop(job: Job): void {
    this.#waiting = this.#waiting.filter((one) => one !== job);
  }

  /** After the process was lost: what it was sent waits again, but for what is settled. */
  takeBack(): void {
    this.#waiting.unshift(...this.#sent.filter((job) => !job.isSettled));
    this.#sent = [];
  }

  rejectAll(error: ExecutorError): void {
    const jobs = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#waiting = [];
    for (const job of jobs) job.reject(error);
  }
}
