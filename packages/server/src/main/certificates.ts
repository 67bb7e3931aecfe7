// The X.509 library finds its algorithms by decorators, and these by this polyfill.
import "reflect-metadata";
import { createECDH, type webcrypto } from "node:crypto";
import { hostname } from "node:os";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { random } from "@holdfast/engine/crypto";
import { toHex } from "@holdfast/kernel/bytes";

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
const LEAF_DAYS = 30;
/** Clocks of clients may be a little behind. */
const BACKDATE_MS = 300_000;
const { crypto } = globalThis;

type CryptoKeyPair = webcrypto.CryptoKeyPair;

/** The server's own certificate authority: its certificate is public, its key derives from a sealed seed. */
export interface Authority {
  readonly certificate: string;
  readonly keys: CryptoKeyPair;
}

/** The P-256 key pair of a 32-byte private scalar. */
export async function authorityKeys(seed: Uint8Array): Promise<CryptoKeyPair> {
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(seed);
  const point = pair.getPublicKey();
  const x = point.subarray(1, 33).toString("base64url");
  const y = point.subarray(33).toString("base64url");
  const key = { kty: "EC", crv: "P-256", x, y } as const;
  const d = Buffer.from(seed).toString("base64url");
  return {
    publicKey: await crypto.subtle.importKey("jwk", key, P256, true, ["verify"]),
    privateKey: await crypto.subtle.importKey("jwk", { ...key, d }, P256, false, ["sign"]),
  };
}

/** A self-signed certificate for the authority; clients pin its key, which outlives it. */
export async function certifyAuthority(keys: CryptoKeyPair, name: string, now: number): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: `CN=Holdfast CA ${name}`,
      notBefore: new Date(now - BACKDATE_MS),
      notAfter: new Date(now + CA_DAYS * DAY_MS),
      signingAlgorithm: P256,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return `${certificate.toString("pem")}\n`;
}

/** A fresh key and certificate for the listener, for `names` beside the host's own; short-lived and never stored. */
export async function issueListenerCertificate(
  authority: Authority,
  names: readonly string[],
  now: number,
): Promise<{ readonly key: string; readonly cert: string }> {
  const issuer = new X509Certificate(authority.certificate);
  const keys = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const leaf = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: "CN=holdfast",
      issuer: issuer.subject,
      notBefore: new Date(now - BACKDATE_MS),
      notAfter: new Date(now + LEAF_DAYS * DAY_MS),
      signingAlgorithm: P256,
      publicKey: keys.publicKey,
      signingKey: authority.keys.privateKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(namesOf(names)),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { key: PemConverter.encode(key, "PRIVATE KEY"), cert: `${leaf.toString("pem")}\n${authority.certificate}` };
}

/** What reaches this host from itself, its own name, and what it was told; never the address that means all of them. */
function namesOf(names: readonly string[]): { type: "dns" | "ip"; value: string }[] {
  const hosts = new Set(["localhost", "127.0.0.1", "::1", hostname(), ...names]);
  hosts.delete("0.0.0.0");
  hosts.delete("::");
  return [...hosts].map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }));
}

/** 128 random bits, positive (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const bytes = Uint8Array.from(random(16));
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return toHex(bytes);
}
