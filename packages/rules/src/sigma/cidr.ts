import type { Piece } from "./match.ts";

/** Patterns of the addresses of a network, as texts have them; undefined when it is none, or cannot be said so. */
export function cidrPatterns(network: string): readonly (readonly Piece[])[] | undefined {
  const match = /^([0-9A-Fa-f.:]{2,39})\/([0-9]{1,3})$/.exec(network);
  if (match === null) return undefined;
  const bits = Number(match[2]);
  return match[1]!.includes(":") ? ipv6Patterns(match[1]!, bits) : ipv4Patterns(match[1]!, bits);
}

function ipv4Patterns(address: string, bits: number): readonly (readonly Piece[])[] | undefined {
  const octets = address.split(".").map((octet) => (/^(0|[1-9][0-9]{0,2})$/.test(octet) ? Number(octet) : 256));
  if (octets.length !== 4 || octets.some((octet) => octet > 255) || bits > 32) return undefined;
  const whole = octets.slice(0, Math.floor(bits / 8));
  if (whole.length === 4) return [[{ text: address }]];
  const spare = 8 - (bits % 8);
  if (spare === 8) return [[{ text: whole.map((octet) => `${octet}.`).join("") }, "any"] as const].map(withoutEmpty);
  const first = (octets[whole.length]! >> spare) << spare;
  return Array.from({ length: 2 ** spare }, (_, index) => {
    const text = [...whole, first + index].join(".");
    return whole.length === 3 ? [{ text }] : [{ text: `${text}.` }, "any"];
  });
}

/** Zeros may be left out of the middle of an IPv6 address: only its first group can be told from its text. */
function ipv6Patterns(address: string, bits: number): readonly (readonly Piece[])[] | undefined {
  if (bits === 128) return [[{ text: address.toLowerCase() }]];
  const group = address.split(":")[0]!;
  if (!/^[0-9A-Fa-f]{4}$/.test(group) || bits > 16 || bits < 8 || !/^[0-9A-Fa-f]{4}:(0*:)*0*$/.test(address))
    return undefined;
  const spare = 16 - bits;
  const first = (Number.parseInt(group, 16) >> spare) << spare;
  return Array.from({ length: 2 ** spare }, (_, index) => [{ text: `${(first + index).toString(16)}:` }, "any"]);
}

function withoutEmpty(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.filter((piece) => typeof piece === "string" || piece.text !== "");
}
