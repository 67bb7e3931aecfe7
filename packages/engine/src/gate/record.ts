import { Refusal } from "../errors.ts";
import type { CommitResult, EntryDraft, Submission } from "../submission.ts";
import type { Attempt } from "./attempt.ts";
import type { Call } from "./call.ts";
import type { GateDependencies } from "./dependencies.ts";
import { outcomeOf } from "./outcome.ts";
import { type PayloadFacts, payloadBytes } from "./payload.ts";

/** How often a record that cannot be stale is tried: only another's first use of the same payload key stands against it. */
const MAX_TRIES = 4;

/** Records an attempt; undefined when what it read has changed meanwhile. */
export async function recordAttempt(to: GateDependencies, call: Call, attempt: Attempt): Promise<number | undefined> {
  const submission = await prepare(to, attempt, entryOf(to, call, attempt), factsOf(to, call, attempt));
  const committing = to.committer.submit(submission);
  // What is queued can be planned on: whoever waits for this attempt need not wait for the disk as well.
  attempt.reads.giveBack();
  return seqOf(await committing);
}

/** Records what must not be planned again: without a footprint, so that it cannot become stale. */
export async function recordFinal(
  to: GateDependencies,
  call: Call,
  attempt: () => Attempt,
): Promise<number | undefined> {
  return insist(to, () => {
    const last = attempt();
    return prepare(to, last, entryOf(to, call, last), factsOf(to, call, last));
  });
}

/** Records something that no call asked for, such as a tally. */
export async function recordDuty(
  to: GateDependencies,
  attempt: () => Attempt,
  entry: EntryDraft,
  facts: PayloadFacts,
): Promise<number | undefined> {
  return insist(to, () => prepare(to, attempt(), entry, facts));
}

async function insist(to: GateDependencies, prepared: () => Promise<Submission>): Promise<number | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const seq = seqOf(await to.committer.submit({ ...(await prepared()), reads: [] }));
    if (seq !== undefined) return seq;
  }
  return undefined;
}

const seqOf = (result: CommitResult): number | undefined => (result.status === "committed" ? result.seq : undefined);

/** Whatever goes wrong here went wrong before anything was submitted. */
async function prepare(
  to: GateDependencies,
  attempt: Attempt,
  entry: EntryDraft,
  facts: PayloadFacts,
): Promise<Submission> {
  try {
    return await submissionOf(to, attempt, entry, facts);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal("internal", "The server could not record this operation.", { cause });
  }
}

async function submissionOf(
  { payloadKeyOf, hashRow }: GateDependencies,
  { reads, now, seen, changes, writes, plan }: Attempt,
  entry: EntryDraft,
  facts: PayloadFacts,
): Promise<Submission> {
  const key = await payloadKeyOf({ tenant: entry.tenant, actor: entry.actor }, now, reads);
  const all = [...key.changes, ...changes, ...(plan?.changes ?? [])];
  const hashed = all.map((change) => ({ change, hash: hashRow(change) }));
  return {
    entry,
    payload: key.seal(payloadBytes(facts, hashed)),
    changes: hashed,
    reads: reads.keys,
    writes: [...key.writes, ...writes, ...(plan?.writes ?? [])],
    seen,
    ...(reads.after.length > 0 && { after: reads.after }),
  };
}

function entryOf({ nobody }: GateDependencies, call: Call, attempt: Attempt): EntryDraft {
  const { definition } = call.operation;
  const { principal, plan, refusal } = attempt;
  return {
    tenant: attempt.tenant ?? principal?.tenant ?? nobody.tenant,
    actor: principal?.actor ?? nobody.actor,
    action: definition.name,
    resource: plan?.resource ?? definition.entryResource,
    outcome: outcomeOf(refusal),
    reason: refusal?.code ?? "",
  };
}

function factsOf({ node }: GateDependencies, call: Call, attempt: Attempt): PayloadFacts {
  const { principal, plan, rule, path, refusal } = attempt;
  return {
    op: call.operation.definition.name,
    from: call.source.address,
    credential: principal?.credential,
    name: principal?.name,
    node,
    request: call.requestId,
    trace: call.trace,
    rule,
    facts: plan === undefined ? (refusal?.details.facts ?? askedFor(call, path)) : plan.facts,
  };
}

/** What was asked for when nothing was done: the path of a refused call belongs into its record. */
function askedFor({ params }: Call, path: string | undefined): PayloadFacts["facts"] {
  if (path !== undefined) return { path };
  return Object.keys(params).length === 0 ? undefined : { params };
}
