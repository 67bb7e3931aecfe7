import { type AddressBytes, addressBytes } from "./address.ts";

/** A range of addresses. */
export interface Network {
  readonly bytes: AddressBytes;
  readonly prefixLength: number;
}

/** Reads `address/length`; undefined when it is none, or has bits behind its prefix, which is a slip of the pen. */
export function networkOf(text: string): Network | undefined {
  const match = /^(?<address>[0-9A-Fa-f:.]+)\/(?<length>\d{1,3})$/.exec(text);
  const bytes = addressBytes(match?.groups?.["address"] ?? "");
  const prefixLength = Number(match?.groups?.["length"]);
  if (bytes === undefined || prefixLength > bytes.length * 8) return undefined;
  const network = { bytes, prefixLength };
  return bitsBehind(network) ? undefined : network;
}

function bitsBehind({ bytes, prefixLength }: Network): boolean {
  return bytes.some((byte, index) => (byte & ~maskOf(prefixLength, index)) !== 0);
}

/** Whether the network holds the address. */
export function contains({ bytes, prefixLength }: Network, address: AddressBytes): boolean {
  return (
    bytes.length === address.length &&
    bytes.every((byte, index) => ((byte ^ address[index]!) & maskOf(prefixLength, index)) === 0)
  );
}

/** The part of the mask in one byte. */
function maskOf(prefixLength: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - index * 8));
  return (0xff << (8 - bits)) & 0xff;
}

/** A network that this package knows itself. */
export function known(text: string): Network {
  const network = networkOf(text);
  if (network === undefined) throw new TypeError(`${text} is no network`);
  return network;
}
