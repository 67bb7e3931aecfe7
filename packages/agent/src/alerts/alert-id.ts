import { hmacSha512_256 } from "@holdfast/engine/crypto";
import { newId } from "@holdfast/kernel/id";
import type { Finding } from "./finding.ts";

const ID_BYTES = 16;

/**
 * The same finding has the same id, so that it is raised once however often it is judged. The id stands in the ledger
 * for ever, and a key holds names: without ours nobody can try which names it was made of.
 */
export function alertIdOf(
  key: Uint8Array,
  { rule, dedupKey, row }: Pick<Finding, "rule" | "dedupKey" | "row">,
): string {
  const mac = hmacSha512_256(key, Buffer.from(JSON.stringify([rule.id, dedupKey, row]), "utf8"));
  return newId("al", mac.subarray(0, ID_BYTES));
}
