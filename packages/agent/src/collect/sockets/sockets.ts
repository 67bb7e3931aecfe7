import { readlink } from "node:fs/promises";
import type { Row, RowChange } from "../../events/index.ts";
import { readBounded } from "../bounded-file.ts";
import { Breath } from "../breath.ts";
import type { Collector } from "../collector.ts";
import type { Accounts } from "../hosts/passwd.ts";
import { openProcFiles } from "../proc/direct-proc-files.ts";
import type { ProcFiles } from "../proc/proc-files.ts";
import { families, type NetSocket, parseInetTable, parseUnixTable, protocols } from "./net-table.ts";
import { inFolder, NO_OWNER, pidsIn, type SocketOwner, socketOwners } from "./socket-owners.ts";

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ROWS = 20_000;
/** Networks of containers that are looked at, beside the agent's own. */
const MAX_NETWORKS = 64;
const INTERVAL_SECONDS = 30;

const INET = [
  ["tcp", families.ipv4, protocols.tcp],
  ["tcp6", families.ipv6, protocols.tcp],
  ["udp", families.ipv4, protocols.udp],
  ["udp6", families.ipv6, protocols.udp],
] as const;

/** Which sockets are wanted, and where they are looked for. */
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

/** Sockets that listen, and connections, each with the process that holds it, in every network of the host. */
export function socketsCollector(options: SocketsOptions): Collector {
  const files = openProcFiles(options.proc);
  return {
    name: "sockets",
    intervalSeconds: options.intervalSeconds ?? INTERVAL_SECONDS,
    collect: (signal) => collectSockets(files, options, new Breath(signal)),
  };
}

async function collectSockets(
  files: ProcFiles,
  { accounts, lose, ...wanted }: SocketsOptions,
  breath: Breath,
): Promise<RowChange[]> {
  const sockets = (await readNetworks(files, lose, breath)).filter((socket) =>
    isListening(socket) ? wanted.listening : wanted.open,
  );
  lose(Math.max(0, sockets.length - MAX_ROWS), "too_many");
  const kept = sockets.slice(0, MAX_ROWS);
  const owners = await socketOwners(files, new Set(kept.map(({ inode }) => inode)), accounts, breath);
  const ownersOf = ({ inode }: NetSocket): readonly SocketOwner[] => owners.get(inode) ?? [NO_OWNER];
  const listening = kept.filter(isListening).map((socket) => listeningRow(socket, ownersOf(socket)[0] ?? NO_OWNER));
  const open = kept.filter((socket) => !isListening(socket));
  return [
    ...(wanted.listening ? [{ table: "listening_ports", snapshot: listening }] : []),
    ...(wanted.open
      ? [
          {
            table: "process_open_sockets",
            snapshot: open.flatMap((each) => ownersOf(each).map((who) => openRow(each, who))),
          },
        ]
      : []),
  ];
}

/** Sockets of the agent's own network, and of those that other processes are in. */
async function readNetworks(files: ProcFiles, lose: SocketsOptions["lose"], breath: Breath): Promise<NetSocket[]> {
  const members = new Map<string, number>();
  for (const pid of pidsIn(files.root)) {
    await breath.take();
    inFolder(files, pid, (folder) => {
      const network = files.readLink(folder, "ns/net");
      if (network !== "" && !members.has(network)) members.set(network, pid);
    });
  }
  members.delete(await readlink(`${files.root}/self/ns/net`).catch(() => ""));
  lose(Math.max(0, members.size - MAX_NETWORKS), "too_many_networks");
  const sockets = await readSockets(`${files.root}/net`);
  if (sockets === undefined) throw new Error(`${files.root}/net cannot be read`);
  for (const pid of [...members.values()].slice(0, MAX_NETWORKS)) {
    sockets.push(...((await readSockets(`${files.root}/${pid}/net`)) ?? []));
  }
  return sockets;
}

/** Undefined when none of the tables can be read. */
async function readSockets(folder: string): Promise<NetSocket[] | undefined> {
  const read = async (name: string) => (await readBounded(`${folder}/${name}`, { maxBytes: MAX_BYTES }))?.text;
  const texts = await Promise.all(INET.map(([name]) => read(name)));
  const unix = await read("unix");
  if (unix === undefined && texts.every((text) => text === undefined)) return undefined;
  const inet = INET.flatMap(([, family, protocol], index) => parseInetTable(texts[index] ?? "", family, protocol));
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
