import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { createSocket } from "node:dgram";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Row } from "../../events/index.ts";
import { Accounts } from "../hosts/passwd.ts";
import { parseInetTable, parseUnixTable } from "./net-table.ts";
import { socketsCollector } from "./sockets.ts";

const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

describe("the kernel's tables", () => {
  it("give addresses of both families, ports, states and inodes", () => {
    const v4 = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 4711 1 0 100 0";
    expect(parseInetTable(head + v4, 2, 6)).toEqual([
      {
        family: 2,
        protocol: 6,
        localAddress: "127.0.0.1",
        localPort: 8080,
        remoteAddress: "0.0.0.0",
        remotePort: 0,
        state: "LISTEN",
        inode: 4711,
        path: "",
      },
    ]);
  });

  it.each([
    ["00000000000000000000000001000000", "::1"],
    ["00000000000000000000000000000000", "::"],
    ["B80D0120000000000000000001000000", "2001:db8::1"],
    ["0000000000000000FFFF00000100007F", "::ffff:127.0.0.1"],
  ])("write %s as %s", (hex, address) => {
    const line = `0: ${hex}:0016 ${"0".repeat(32)}:0000 0A 0:0 0:0 0 0 0 9 1`;
    expect(parseInetTable(line, 10, 6).map(({ localAddress }) => localAddress)).toEqual([address]);
  });

  it("give Unix sockets that listen, and none that are connected", () => {
    const text = [
      "Num       RefCount Protocol Flags    Type St Inode Path",
      "0000000000000000: 00000002 00000000 00010000 0001 01 123 /run/a socket",
      "0000000000000000: 00000003 00000000 00000000 0001 03 124 /run/b",
    ].join("\n");
    expect(parseUnixTable(text).map(({ path, inode }) => [path, inode])).toEqual([["/run/a socket", 123]]);
  });

  it("are read without a fault, whatever stands in them", () => {
    fc.assert(fc.property(fc.string(), (text) => void [parseInetTable(text, 2, 6), parseUnixTable(text)]));
  });
});

/** On this host itself. */
async function collect(): Promise<{ readonly listening: readonly Row[]; readonly open: readonly Row[] }> {
  const options = { proc: "/proc", accounts: new Accounts("/"), lose: () => undefined };
  const changes = await socketsCollector({ ...options, listening: true, open: true }).collect(
    AbortSignal.timeout(20_000),
  );
  const rows = (table: string) =>
    changes.flatMap((change) => (change.table === table && "snapshot" in change ? change.snapshot : []));
  return { listening: rows("listening_ports"), open: rows("process_open_sockets") };
}

describe.skipIf(process.platform !== "linux")("sockets of this host (needs Linux)", () => {
  it("are told with the process that holds them: TCP, UDP, Unix and connections", async () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-sockets-"));
    mkdirSync(folder, { recursive: true });
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const tcp = createServer().listen(0, "127.0.0.1");
    const unix = createServer().listen(join(folder, "s"));
    const udp = createSocket("udp4").bind(0, "127.0.0.1");
    await Promise.all([tcp, unix, udp].map((each) => once(each, "listening")));
    const { port } = tcp.address() as AddressInfo;
    const client = connect(port, "127.0.0.1");
    const [accepted] = (await once(tcp, "connection")) as [{ destroy: () => void }];
    onTestFinished(() => {
      client.destroy();
      accepted.destroy();
      tcp.close();
      unix.close();
      udp.close();
    });
    const { listening, open } = await collect();
    const mine = (row: Row) => row["pid"] === process.pid;
    expect(listening.filter(mine)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ family: 2, protocol: 6, address: "127.0.0.1", port }),
        expect.objectContaining({ family: 2, protocol: 17, port: udp.address().port }),
        expect.objectContaining({ family: 1, path: join(folder, "s"), uid: process.getuid?.() }),
      ]),
    );
    expect(open.filter(mine)).toEqual(
      expect.arrayContaining([expect.objectContaining({ remote_port: port, state: "ESTABLISHED" })]),
    );
  });
});
