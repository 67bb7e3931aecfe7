import type { Row } from "../../events/index.ts";
import type { Accounts } from "../hosts/passwd.ts";
import { readFileText } from "../hosts/read-file.ts";
import type { Collector } from "../collector.ts";
import { families, type NetSocket, parseInetTable, parseUnixTable, protocols } from "./net-table.ts";
import { NO_OWNER, type SocketOwner, socketOwners } from "./socket-owners.ts";

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ROWS = 20_000;

const INET = [
  ["tcp", families.ipv4, protocols.tcp],
  ["tcp6", families.ipv6, protocols.tcp],
  ["udp", families.ipv4, protocols.udp],
  ["udp6", families.ipv6, protocols.udp],
] as const;

export interface SocketsOptions {
  readonly proc: string;
  readonly accounts: Accounts;
  /** Which of the two tables are wanted; one walk over all descriptors serves both. */
  readonly listening: boolean;
  readonly open: boolean;
  readonly intervalSeconds?: number;
  /** Told how many sockets did not fit. */
  readonly lose: (count: number, reason: string) => void;
}

/** Sockets that listen, and connections, each with the process that holds it. */
export function socketsCollector(options: SocketsOptions): Collector {
  return {
    name: "sockets",
    intervalSeconds: options.intervalSeconds ?? 30,
    async collect(signal) {
      const sockets = readSockets(options.proc);
      const wanted = sockets.filter((socket) => (isListening(socket) ? options.listening : options.open));
      const kept = wanted.slice(0, MAX_ROWS);
      if (kept.length < wanted.length) options.lose(wanted.length - kept.length, "too_many");
      const owners = await socketOwners(
        options.proc,
        new Set(kept.map(({ inode }) => inode)),
        options.accounts,
        signal,
      );
      const ownerOf = ({ inode }: NetSocket) => owners.get(inode) ?? NO_OWNER;
      const [listening, open] = [kept.filter(isListening), kept.filter((socket) => !isListening(socket))];
      return [
        ...(options.listening
          ? [{ table: "listening_ports", snapshot: listening.map((s) => listeningRow(s, ownerOf(s))) }]
          : []),
        ...(options.open ? [{ table: "process_open_sockets", snapshot: open.map((s) => openRow(s, ownerOf(s))) }] : []),
      ];
    },
  };
}

function readSockets(proc: string): NetSocket[] {
  const read = (name: string) => readFileText(`${proc}/net/${name}`, MAX_BYTES);
  const inet = INET.flatMap(([name, family, protocol]) => parseInetTable(read(name) ?? "", family, protocol));
  const unix = read("unix");
  if (inet.length === 0 && unix === undefined) throw new Error(`${proc}/net cannot be read`);
  return [...inet, ...parseUnixTable(unix ?? "")].filter(({ inode }) => inode > 0);
}

/** A UDP socket without a peer waits for anyone, as one that listens. */
function isListening({ state, protocol, remotePort }: NetSocket): boolean {
  return state === "LISTEN" || (protocol === protocols.udp && remotePort === 0);
}

function common({ family, protocol, inode }: NetSocket, owner: SocketOwner): Row {
  return { ...owner, socket: inode, family, protocol };
}

function listeningRow(socket: NetSocket, owner: SocketOwner): Row {
  const { localAddress, localPort, path } = socket;
  return { ...common(socket, owner), address: localAddress, port: localPort, path };
}

function openRow(socket: NetSocket, owner: SocketOwner): Row {
  const { localAddress, localPort, remoteAddress, remotePort, state } = socket;
  return {
    ...common(socket, owner),
    local_address: localAddress,
    local_port: localPort,
    remote_address: remoteAddress,
    remote_port: remotePort,
    state,
  };
}
