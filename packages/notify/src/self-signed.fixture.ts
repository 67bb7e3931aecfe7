import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** A key and a certificate, in PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for `localhost` and 127.0.0.1, and the authority that signed it: made here, so that no key lies in the repository. */
export function certifiedIdentity(): Identity & { readonly ca: string } {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = nameOf("holdfast test authority");
  const basics = extension([0x55, 0x1d, 0x13], true, sequence(tlv(0x01, [0xff])));
  const names = extension(
    [0x55, 0x1d, 0x11],
    false,
    sequence(tlv(0x87, [127, 0, 0, 1]), tlv(0x82, ascii("localhost"))),
  );
  return {
    key: own.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: certificate(2, issuer, nameOf("localhost"), own.publicKey, authority.privateKey, [names]),
    ca: certificate(1, issuer, issuer, authority.publicKey, authority.privateKey, [basics]),
  };
}

type Bytes = Uint8Array | readonly number[];

function certificate(
  serial: number,
  issuer: Buffer,
  subject: Buffer,
  publicKey: KeyObject,
  signer: KeyObject,
  extensions: readonly Buffer[],
): string {
  const body = sequence(
    tlv(0xa0, tlv(0x02, [2])),
    tlv(0x02, [serial]),
    ecdsaWithSha256,
    issuer,
    sequence(tlv(0x17, ascii("250101000000Z")), tlv(0x17, ascii("491231235959Z"))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(...extensions)),
  );
  const der = sequence(body, ecdsaWithSha256, tlv(0x03, [0], sign("sha256", body, signer)));
  return `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

/** One DER element (X.690): tag, length, content. */
function tlv(tag: number, ...parts: readonly Bytes[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function extension(id: readonly number[], isCritical: boolean, value: Buffer): Buffer {
  return sequence(tlv(0x06, id), ...(isCritical ? [tlv(0x01, [0xff])] : []), tlv(0x04, value));
}

function nameOf(commonName: string): Buffer {
  return sequence(tlv(0x31, sequence(tlv(0x06, [0x55, 0x04, 0x03]), tlv(0x0c, ascii(commonName)))));
}

const sequence = (...parts: readonly Bytes[]) => tlv(0x30, ...parts);
const ascii = (text: string) => Buffer.from(text, "ascii");
const ecdsaWithSha256 = sequence(tlv(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
