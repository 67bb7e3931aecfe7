import type { SignedHead } from "@holdfast/contract/types";
import { fromHex } from "@holdfast/kernel/bytes";
import { verifyHead } from "@holdfast/kernel/head";
import { verifyConsistency } from "@holdfast/kernel/merkle";
import { parseVerifierKey } from "@holdfast/kernel/note";
import type { Call } from "../call.ts";
import { ClientError } from "../errors.ts";
import type { CallOptions } from "../options.ts";
import { type HeadStore, isSignedHead, type RememberedHead } from "./head-store.ts";
import { sha256, verifySignature } from "./primitives.ts";

/** A head that was verified, and is remembered from now on. */
export interface Confirmed extends RememberedHead {
  /** Nothing was known of this server: its key was taken on trust unless it was given. */
  readonly isFirst: boolean;
}

interface Confirmer {
  readonly call: Call;
  readonly server: string;
  readonly heads: HeadStore;
  readonly verifierKey: string | undefined;
  /** Highest ledger position that any answer named so far; -1 for none. */
  readonly newestSeq: () => number;
}

/** Confirmations of one client run one after the other, so that an older head never replaces a newer one. */
export function confirmerOf(confirmer: Confirmer): (options?: CallOptions) => Promise<Confirmed> {
  let last: Promise<unknown> = Promise.resolve();
  return (options) => {
    const next = last.catch(() => undefined).then(() => confirm(confirmer, options));
    last = next;
    return next;
  };
}

async function confirm(confirmer: Confirmer, options?: CallOptions): Promise<Confirmed> {
  const { call, heads, server, newestSeq } = confirmer;
  const known = await heads.load(server);
  // Read before asking: an answer that overtakes this one may rightly name a later entry.
  const seenSeq = newestSeq();
  const verifierKey = confirmer.verifierKey ?? known?.verifierKey ?? (await call("audit.key", {}, options)).verifierKey;
  const { head, consistency } = await headSince(call, known?.head.size ?? 0, options);
  checkSignature(head, verifierKey);
  refuseRollback(head, known?.head, seenSeq);
  if (known) refuseFork(head, known.head, consistency ?? []);
  await heads.save(server, { verifierKey, head });
  return { verifierKey, head, isFirst: known === undefined };
}

/** A server that is behind cannot prove anything from a size it has not reached: then its plain head convicts it. */
async function headSince(call: Call, from: number, options?: CallOptions) {
  try {
    return await call("audit.head", from > 0 ? { from } : {}, options);
  } catch (error) {
    const isBehind = error instanceof ClientError && ["not_found", "invalid_input"].includes(error.code);
    if (!isBehind || from === 0) throw error;
    return call("audit.head", {}, options);
  }
}

function checkSignature(head: SignedHead, verifierKey: string): void {
  if (!isSignedHead(head)) throw new ClientError("bad_answer", "the server's head is not one");
  const key = attempt(() => parseVerifierKey(sha256, verifierKey));
  if (!key) throw new ClientError("proof_invalid", "the verifier key is not one");
  if (!verifyHead(verifySignature, key.publicKey, key.name, head))
    throw new ClientError("proof_invalid", "the head is not signed with the log's verifier key");
}

function refuseRollback(head: SignedHead, known: SignedHead | undefined, seenSeq: number): void {
  const floor = Math.max(known?.size ?? 0, seenSeq + 1);
  if (head.size < floor)
    throw new ClientError("ledger_rolled_back", `the ledger holds ${head.size} entries, after ${floor} were seen`);
  if (known && head.epoch < known.epoch)
    throw new ClientError("ledger_rolled_back", `the ledger is in epoch ${head.epoch}, after ${known.epoch} was seen`);
}

function refuseFork(head: SignedHead, known: SignedHead, proof: readonly string[]): void {
  // An empty tree is the past of any.
  const isContinued =
    known.origin === head.origin &&
    (known.size === 0 || (known.size === head.size ? isSame(head, known) : extendsTree(head, known, proof)));
  if (!isContinued)
    throw new ClientError(
      "ledger_forked",
      `the ledger of ${head.size} entries does not continue that of ${known.size}`,
    );
}

const isSame = (head: SignedHead, known: SignedHead) => head.root === known.root && head.chain === known.chain;

const extendsTree = (head: SignedHead, known: SignedHead, proof: readonly string[]) =>
  attempt(() =>
    verifyConsistency(sha256, {
      size1: known.size,
      size2: head.size,
      root1: fromHex(known.root),
      root2: fromHex(head.root),
      proof: proof.map(fromHex),
    }),
  ) ?? false;

/** What cannot even be read is not a proof. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
