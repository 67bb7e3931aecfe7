/** A socket of /proc/net (proc_pid_net(5)). */
export interface NetSocket {
  readonly family: number;
  readonly protocol: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly state: string;
  readonly inode: number;
  readonly path: string;
}

export const families = { unix: 1, ipv4: 2, ipv6: 10 } as const;
export const protocols = { unix: 0, tcp: 6, udp: 17 } as const;

/** Names of the kernel's numbers (include/net/tcp_states.h). */
const STATES =
  " ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV".split(
    " ",
  );

/** Rows of /proc/net/tcp, tcp6, udp or udp6; lines that are none are left out. */
export function parseInetTable(text: string, family: number, protocol: number): NetSocket[] {
  return text.split("\n").flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [, local = "", remote = "", state = ""] = words;
    const inode = Number(words[9]);
    const [from, to] = [endpoint(local), endpoint(remote)];
    if (from === undefined || to === undefined || !Number.isSafeInteger(inode)) return [];
    return [
      {
        family,
        protocol,
        localAddress: from.address,
        localPort: from.port,
        remoteAddress: to.address,
        remotePort: to.port,
        state: STATES[Number.parseInt(state, 16)] ?? "",
        inode,
        path: "",
      },
    ];
  });
}

function endpoint(text: string): { readonly address: string; readonly port: number } | undefined {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(text);
  if (match === null) return undefined;
  const [, address = "", port = ""] = match;
  const bytes = Buffer.from(address, "hex");
  // The kernel prints words of 32 bits in the processor's own order, which is little-endian wherever this runs.
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  return { address: bytes.length === 4 ? bytes.join(".") : ipv6(bytes), port: Number.parseInt(port, 16) };
}

/** RFC 5952: the longest run of zeros is left out, and mapped IPv4 addresses keep their dots. */
function ipv6(bytes: Buffer): string {
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (isMapped) return `::ffff:${bytes.subarray(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  const { at, length } = longestZeros(groups);
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, at).join(":")}::${groups.slice(at + length).join(":")}`;
}

function longestZeros(groups: readonly string[]): { readonly at: number; readonly length: number } {
  let best = { at: 0, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === "0") length++;
    if (length > best.length) best = { at, length };
  }
  return best;
}

const LISTENS = 0x10000;

/** Unix sockets that listen: `Num: RefCount Protocol Flags Type St Inode Path`; a name of no file begins with `@`. */
export function parseUnixTable(text: string): NetSocket[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\S+: \S+ \S+ ([0-9A-F]{8}) \S+ \S+ +(\d+) (.+)$/.exec(line);
    if (match === null || (Number.parseInt(match[1] ?? "", 16) & LISTENS) === 0) return [];
    const ends = { localAddress: "", localPort: 0, remoteAddress: "", remotePort: 0 };
    const [inode, path] = [Number(match[2]), match[3] ?? ""];
    return [{ family: families.unix, protocol: protocols.unix, ...ends, state: "LISTEN", inode, path }];
  });
}
