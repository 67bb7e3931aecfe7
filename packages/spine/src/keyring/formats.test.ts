import { createHmac, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, fromUtf8, toHex } from "@holdfast/kernel/bytes";
import { expect, test } from "vitest";
import { openPayload, payloadKeyIdOf } from "./payload.ts";
import { deriveSubkeys } from "./subkeys.ts";
import { identityOf, unwrapKey } from "./wrap.ts";

/** The worked example of a page of docs/formats: its one block of JSON. */
function example(page: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(import.meta.dirname, "../../../../docs/formats", `${page}.md`), "utf8");
  const [, json] = /^```json\n([^]*?)\n```$/m.exec(text)!;
  return JSON.parse(json!) as Readonly<Record<string, string>>;
}

const bytes = (text: string | undefined): Uint8Array => fromHex(text!);

test("docs/formats/payload.md", () => {
  const { keyId, key, salt, payload, commitment, sealed } = example("payload");
  expect(createHmac("sha256", bytes(salt)).update(payload!).digest("hex")).toBe(commitment);
  expect(toHex(payloadKeyIdOf(bytes(sealed))!)).toBe(keyId);
  expect(fromUtf8(openPayload(bytes(key), bytes(sealed), bytes(commitment))!)).toBe(payload);
});

test("docs/formats/keys.md", () => {
  const of = example("keys");
  const { stateMac, kekSeal, rootKeyId } = deriveSubkeys(bytes(of["rootKey"]));
  expect([stateMac, kekSeal, rootKeyId].map(toHex)).toEqual([of["stateMac"], of["kekSeal"], of["rootKeyId"]]);
  const identity = identityOf("dek", of["tenant"]!, bytes(of["dekId"]));
  expect(toHex(identity)).toBe(of["identity"]);
  expect(toHex(unwrapKey(bytes(of["kek"]), bytes(of["wrapped"]), identity)!)).toBe(of["key"]);

  // As the page says it, without the keyring.
  const derived = hkdfSync("sha256", bytes(of["rootKey"]), "", "holdfast/state-mac/1", 32);
  expect(toHex(new Uint8Array(derived))).toBe(of["stateMac"]);
});
