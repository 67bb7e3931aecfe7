import { type AddressBytes, addressBytes, embeddedV4 } from "./address.ts";
import { contains, known, type Network } from "./network.ts";

/** Which addresses may be connected to; whoever writes the settings may widen it, nothing that is received can. */
export interface AddressPolicy {
  /** 127.0.0.0/8 and ::1. */
  readonly allowLoopback: boolean;
  /** RFC 1918 and its like: where most receivers inside an organisation are. */
  readonly allowPrivate: boolean;
  /** Allowed whatever else they are. */
  readonly allowedNetworks: readonly Network[];
  /** For what is not encrypted: it may not leave the host, whatever else is allowed. */
  readonly loopbackOnly?: boolean;
}

export const defaultAddressPolicy: AddressPolicy = { allowLoopback: false, allowPrivate: true, allowedNetworks: [] };

export type AddressClass = "public" | "private" | "loopback" | "metadata" | "link_local" | "multicast" | "reserved";

/** First match wins. Metadata services give credentials to whoever asks from the host (ATTACKS 34). */
const classes: readonly (readonly [AddressClass, readonly Network[]])[] = [
  [
    "metadata",
    [
      "169.254.169.254/32", // AWS, Azure, Google, and most others
      "169.254.170.2/32", // AWS, containers
      "169.254.170.23/32", // AWS, pods
      "100.100.100.200/32", // Alibaba
      "168.63.129.16/32", // Azure, a public address
      "192.0.0.192/32", // Oracle
      "fd00:ec2::254/128", // AWS
      "fd00:ec2::23/128", // AWS, pods
      "fd20:ce::254/128", // Google
    ],
  ],
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["link_local", ["169.254.0.0/16", "fe80::/10"]],
  ["multicast", ["224.0.0.0/4", "ff00::/8"]],
  ["private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]],
  [
    "reserved",
    [
      "0.0.0.0/8",
      "192.0.0.0/24",
      "192.0.2.0/24",
      "198.18.0.0/15",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "240.0.0.0/4",
      "::/96",
      "64:ff9b:1::/48",
      "100::/64",
      "2001:db8::/32",
      "3fff::/20",
      "fec0::/10",
    ],
  ],
].map(([name, networks]) => [name as AddressClass, (networks as readonly string[]).map(known)] as const);

/** What an address is; an IPv6 address that leads to an IPv4 one is what that is. */
export function classOf(address: AddressBytes): AddressClass {
  const v4 = embeddedV4(address);
  const effective = v4 ?? address;
  return classes.find(([, networks]) => networks.some((network) => contains(network, effective)))?.[0] ?? "public";
}

/** Whether the address in text may be connected to. Text that is no address may not. */
export function admits(policy: AddressPolicy, text: string): boolean {
  const address = addressBytes(text);
  if (address === undefined) return false;
  const kind = classOf(address);
  if (policy.loopbackOnly) return policy.allowLoopback && kind === "loopback";
  if (policy.allowedNetworks.some((network) => isNamed(network, address, kind))) return true;
  switch (kind) {
    case "public":
      return true;
    case "private":
      return policy.allowPrivate;
    case "loopback":
      return policy.allowLoopback;
    default:
      return false;
  }
}

/** A wide network does not bring a metadata service with it: that has to be named itself. */
function isNamed(network: Network, address: AddressBytes, kind: AddressClass): boolean {
  if (kind === "metadata" && network.prefixLength !== network.bytes.length * 8) return false;
  const v4 = embeddedV4(address);
  return contains(network, address) || (v4 !== undefined && contains(network, v4));
}
