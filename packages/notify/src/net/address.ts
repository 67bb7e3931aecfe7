import { isIPv4, isIPv6 } from "node:net";

/** An address as bytes: 4, or 16. */
export type AddressBytes = readonly number[];

/** The bytes of an address in text, without its zone; undefined when it is none. */
export function addressBytes(text: string): AddressBytes | undefined {
  if (isIPv4(text)) return text.split(".").map(Number);
  const plain = text.replace(/%.*$/, "");
  return isIPv6(plain) ? v6Bytes(plain) : undefined;
}

function v6Bytes(text: string): AddressBytes {
  const [head = "", tail] = text.split("::");
  const front = groups(head);
  if (tail === undefined) return front;
  const back = groups(tail);
  return [...front, ...new Array<number>(16 - front.length - back.length).fill(0), ...back];
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** The IPv4 address that an IPv6 address leads to: mapped, translated or tunnelled. */
export function embeddedV4(bytes: AddressBytes): AddressBytes | undefined {
  if (bytes.length !== 16) return undefined;
  const isZero = (from: number, to: number) => bytes.slice(from, to).every((byte) => byte === 0);
  if (isZero(0, 10) && bytes[10] === 0xff && bytes[11] === 0xff) return bytes.slice(12); // ::ffff:0:0/96 (RFC 4291)
  if (isZero(0, 8) && bytes[8] === 0xff && bytes[9] === 0xff && isZero(10, 12)) return bytes.slice(12); // ::ffff:0:0:0/96 (RFC 2765)
  if (isZero(0, 12) && !isZero(12, 15)) return bytes.slice(12); // ::/96, "compatible" (RFC 4291)
  if (startsWith(bytes, [0x00, 0x64, 0xff, 0x9b]) && isZero(4, 12)) return bytes.slice(12); // NAT64 (RFC 6052)
  if (startsWith(bytes, [0x20, 0x02])) return bytes.slice(2, 6); // 6to4 (RFC 3056)
  if (startsWith(bytes, [0x20, 0x01, 0x00, 0x00])) return bytes.slice(12).map((byte) => byte ^ 0xff); // Teredo (RFC 4380)
  return undefined;
}

function startsWith(bytes: AddressBytes, prefix: AddressBytes): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}
