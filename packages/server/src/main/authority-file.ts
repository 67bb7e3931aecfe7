import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { type Authority, authorityKeys, certifyAuthority } from "./certificates.ts";

const RENEW_BEFORE_MS = 90 * 86_400_000;

/** The authority with its certificate file: made when absent, nearly over, or not of this authority's key. */
export async function openAuthority(path: string, seed: Uint8Array, name: string, now: number): Promise<Authority> {
  const keys = await authorityKeys(seed);
  const known = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  if (known !== undefined && (await isUsable(known, keys.publicKey, now))) return { certificate: known, keys };
  const certificate = await certifyAuthority(keys, name, now);
  writeFileSync(`${path}.partial`, certificate, { mode: 0o644 });
  renameSync(`${path}.partial`, path);
  return { certificate, keys };
}

async function isUsable(pem: string, publicKey: Authority["keys"]["publicKey"], now: number): Promise<boolean> {
  try {
    const certificate = new X509Certificate(pem);
    const own = await globalThis.crypto.subtle.exportKey("spki", publicKey);
    const isOurs = certificate.publicKey.export({ type: "spki", format: "der" }).equals(Buffer.from(own));
    return isOurs && Date.parse(certificate.validTo) - now > RENEW_BEFORE_MS;
  } catch {
    return false;
  }
}
