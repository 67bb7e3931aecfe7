import type { SignedHead } from "@holdfast/kernel/head";

/** Whether two ledgers are in the very same state: the signature covers everything else. */
export const isSameHead = (one: SignedHead, other: SignedHead): boolean =>
  one.origin === other.origin &&
  one.size === other.size &&
  one.chain === other.chain &&
  one.root === other.root &&
  one.epoch === other.epoch &&
  one.signature === other.signature;

/** What an unfinished copy is known by: which ledger it is of, and in which state. */
export const markOf = ({ origin, size, epoch, chain }: SignedHead): string => `${origin} ${size} ${epoch} ${chain}`;
