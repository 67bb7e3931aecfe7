import { type Beginning, initialize } from "./initialize.ts";
import type { LedgerOptions, LedgerPlace, OpenLedger } from "./ledger-place.ts";

/** One of the nodes that begin at the same time has won after the first round; the others need another one. */
const MAX_ROUNDS = 5;

export interface BegunLedger {
  readonly ledger: OpenLedger;
  /** It was begun here and now. */
  readonly isNew: boolean;
}

/**
 * Opens the ledger, and writes its entry 0 where there is none. Of several nodes that do so at once, one does: the others
 * find its ledger and open that one, with the keys that it holds.
 */
export async function openOrBegin(
  place: LedgerPlace,
  options: LedgerOptions,
  beginning: Beginning,
): Promise<BegunLedger> {
  for (let round = 1; ; round++) {
    const hadLedger = await place.hasLedger();
    try {
      return await openOrBeginOnce(place, options, beginning);
    } catch (cause) {
      const isOvertaken = place.isShared && !hadLedger && round < MAX_ROUNDS && (await hasLedgerNow(place));
      if (!isOvertaken) throw cause;
    }
  }
}

/** What failed first is what is told: a database that cannot be asked now either says nothing new. */
const hasLedgerNow = (place: LedgerPlace): Promise<boolean> => place.hasLedger().catch(() => false);

async function openOrBeginOnce(place: LedgerPlace, options: LedgerOptions, beginning: Beginning): Promise<BegunLedger> {
  const { keyring, onEvent } = options;
  // What befalls a committer whose ledger is never begun is no concern of an operator.
  let isHeard = true;
  const ledger = await place.open({ ...options, onEvent: (event) => isHeard && onEvent(event) });
  const isNew = ledger.newKeys.length > 0;
  if (!isNew) return { ledger, isNew };
  isHeard = !place.isShared;
  try {
    await initialize(ledger.committer, keyring, ledger.newKeys, beginning, Date.now());
  } catch (cause) {
    // What cannot be begun must not keep the process alive.
    await ledger.close();
    throw cause;
  }
  isHeard = true;
  // Whoever opens it next should not wonder why a ledger with entries has no checkpoint.
  if (place.isShared) await ledger.committer.checkpointNow();
  return { ledger, isNew };
}
