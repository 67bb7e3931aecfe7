import { X509Certificate } from "node:crypto";
import { hostname } from "node:os";
import { expect, it } from "vitest";
import { authorityKeys, certifyAuthority, issueListenerCertificate } from "./certificates.ts";

const NOW = Date.now();
const SEED = new Uint8Array(32).fill(7);

async function authority(name = "holdfast/log/test") {
  const keys = await authorityKeys(SEED);
  return { keys, certificate: await certifyAuthority(keys, name, NOW) };
}

it("names this host and what it was told, and never the address that means all of a host's", async () => {
  const names = ["0.0.0.0", "holdfast.example.org", "10.0.0.7"];
  const { cert } = await issueListenerCertificate(await authority(), names, NOW);
  const leaf = new X509Certificate(cert);
  for (const name of ["localhost", hostname(), "holdfast.example.org"]) expect(leaf.checkHost(name)).toBe(name);
  for (const ip of ["127.0.0.1", "::1", "10.0.0.7"]) expect(leaf.checkIP(ip)).toBeDefined();
  expect(leaf.checkIP("0.0.0.0")).toBeUndefined();
  expect(leaf.checkHost("elsewhere.example.org")).toBeUndefined();
});

it("of any node is vouched for by the certificate of every node: they share the authority's key", async () => {
  const [one, other] = [await authority(), await authority()];
  expect(one.certificate).not.toBe(other.certificate);
  const leaf = new X509Certificate((await issueListenerCertificate(one, [], NOW)).cert);
  const anchor = new X509Certificate(other.certificate);
  expect(leaf.checkIssued(anchor)).toBe(true);
  expect(leaf.verify(anchor.publicKey)).toBe(true);
});
