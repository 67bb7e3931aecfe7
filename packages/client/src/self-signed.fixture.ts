import { generateKeyPairSync, sign } from "node:crypto";

/** A certificate for 127.0.0.1 that is its own CA, made here so that no private key lies in the repository. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const body = sequence(
    tlv(0xa0, tlv(0x02, [2])),
    tlv(0x02, [1]),
    ecdsaWithSha256,
    name,
    sequence(tlv(0x17, ascii("250101000000Z")), tlv(0x17, ascii("491231235959Z"))),
    name,
    spki,
    tlv(0xa3, sequence(sequence(oid(0x55, 0x1d, 0x11), tlv(0x04, sequence(tlv(0x87, [127, 0, 0, 1])))))),
  );
  const signature = tlv(0x03, [0], sign("sha256", body, privateKey));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: pem(sequence(body, ecdsaWithSha256, signature)),
  };
}

type Bytes = Uint8Array | readonly number[];

function tlv(tag: number, ...parts: readonly Bytes[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Bytes[]) => tlv(0x30, ...parts);
const oid = (...bytes: readonly number[]) => tlv(0x06, bytes);
const ascii = (text: string) => Buffer.from(text, "ascii");
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const name = sequence(tlv(0x31, sequence(oid(0x55, 0x04, 0x03), tlv(0x0c, ascii("holdfast test")))));
const pem = (der: Buffer) => `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
