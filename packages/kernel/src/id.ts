import { KernelError } from "./errors.ts";

/** tn tenant, ac actor, nd path node, tk token accessor, al alert, si silence. */
export type IdPrefix = "tn" | "ac" | "nd" | "tk" | "al" | "si";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const ID_BYTES = 16;
/** 128 bits are 25 letters and 3 bits: the last letter's two low bits are zero. */
const RANDOM_NAME = /^[a-z2-7]{25}[aeimquy4]$/;

/** `prefix_` and a random name; never reused, says nothing of what it names. */
export function newId(prefix: IdPrefix, random16: Uint8Array): string {
  return `${prefix}_${randomName(random16)}`;
}

/** Whether the text is an id with this prefix in its one spelling. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && RANDOM_NAME.test(text.slice(prefix.length + 1));
}

/** The origin that a log's genesis, heads and checkpoints carry; as random as an id, so that no two logs share it. */
export function newLogOrigin(random16: Uint8Array): string {
  return `holdfast/log/${randomName(random16)}`;
}

/** 16 random bytes as 26 letters of lower-case RFC 4648 base 32, unpadded. */
function randomName(random16: Uint8Array): string {
  if (random16.byteLength !== ID_BYTES) throw new KernelError("id_invalid", "an id is made of 16 random bytes");
  let name = "";
  let pending = 0;
  let bits = 0;
  for (let index = 0; index < ID_BYTES; index++) {
    pending = ((pending << 8) | random16[index]!) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) name += ALPHABET[(pending >> (bits - 5)) & 31]!;
  }
  return name + ALPHABET[(pending << (5 - bits)) & 31]!;
}
