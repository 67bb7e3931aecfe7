import { isIPv6 } from "node:net";

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
const PREFIX_GROUPS = 4;

/**
 * What an address limit counts by: IPv4 addresses whole (also when mapped into IPv6), IPv6 by /64, which is what one
 * host usually holds. `::` is expanded first, or each address of a network whose prefix has zeros would count alone.
 */
export function addressPrefix(address: string): string {
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [before = "", after] = address.replace(/%.*$/, "").toLowerCase().split("::");
  const left = groupsOf(before);
  const right = after === undefined ? [] : groupsOf(after);
  const zeros = new Array<string>(Math.max(0, GROUPS - left.length - right.length)).fill("0");
  return `${[...left, ...zeros, ...right].slice(0, PREFIX_GROUPS).join(":")}::/64`;
}

/** A dotted tail stands for two groups, both beyond the prefix. */
function groupsOf(text: string): string[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => (group.includes(".") ? ["0", "0"] : [group.replace(/^0+(?=.)/, "")]));
}
