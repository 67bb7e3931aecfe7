import { once } from "node:events";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { openDoor, readAll, received } from "./door.fixture.ts";
import { renewCertificate } from "./listen.ts";
import { selfSigned } from "./self-signed.fixture.ts";

const tls = selfSigned();

async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca: tls.cert, ...options });
  await once(socket, "secureConnect");
  return socket;
}

const NO_PROTOCOL = /alert protocol version/;
const NO_SUITE = /alert handshake failure/;
const request = "GET /api/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid\r\nConnection: close\r\n\r\n";

describe("a TLS listener", () => {
  test("serves the same operations over TLS 1.3", async () => {
    const { port } = await openDoor({ tls });
    const socket = await handshake(port);
    expect(socket.getProtocol()).toBe("TLSv1.3");
    socket.write(request);
    expect(received(await readAll(socket))).toMatchObject({ status: 200, body: { operation: "status" } });
  });

  test.each(["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"])("speaks %s", async (ciphers) => {
    const { port } = await openDoor({ tls });
    const socket = await handshake(port, { ciphers });
    expect(socket.getCipher().name).toBe(ciphers);
    socket.destroy();
  });

  test("speaks no other suite", async () => {
    const { port } = await openDoor({ tls });
    await expect(handshake(port, { ciphers: "TLS_AES_128_GCM_SHA256" })).rejects.toThrow(NO_SUITE);
  });

  test("speaks no older protocol, also after its certificate was renewed", async () => {
    const { port, server } = await openDoor({ tls });
    const older = { maxVersion: "TLSv1.2", minVersion: "TLSv1.2" } as const;
    await expect(handshake(port, older)).rejects.toThrow(NO_PROTOCOL);
    const renewed = selfSigned();
    renewCertificate(server, renewed);
    await expect(handshake(port, { ...older, ca: renewed.cert })).rejects.toThrow(NO_PROTOCOL);
    await expect(handshake(port, { ciphers: "TLS_AES_128_GCM_SHA256", ca: renewed.cert })).rejects.toThrow(NO_SUITE);
    await expect(handshake(port)).rejects.toThrow("self-signed certificate");
    (await handshake(port, { ca: renewed.cert })).destroy();
  });

  test("answers nothing in the clear", async () => {
    const { exchange, ledger } = await openDoor({ tls });
    expect(await exchange(request)).not.toContain("HTTP/1.1 200");
    expect(ledger.entries).toHaveLength(0);
  });

  test("cuts off a handshake that does not get on", async () => {
    const { connect: connectPlain } = await openDoor({ tls, limits: { headersTimeoutMs: 50 } });
    expect(await readAll(connectPlain())).toBe("");
  });
});
