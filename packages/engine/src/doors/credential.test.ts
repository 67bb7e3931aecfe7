import { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { credentialOf } from "./credential.ts";
import { openDoor, readAll, received } from "./door.fixture.ts";
import { peerUid } from "./peer-credentials.ts";

const none = new Socket();

describe("an Authorization header", () => {
  test.each(["Bearer abc", "bearer abc", "BEARER   abc"])("%s presents a token", (header) => {
    expect(credentialOf(header, false, none)).toEqual({ kind: "token", token: "abc" });
  });

  test.each([
    "",
    "Bearer",
    "Bearer ",
    "abc",
    "Basic abc",
    "Bearer a b",
    "Bearer abc, Bearer def",
    "Bearerabc",
    "XBearer abc",
  ])("%j presents one that holds nowhere, rather than none", (header) => {
    expect(credentialOf(header, false, none)).toEqual({ kind: "token", token: "" });
  });

  test("given twice, or never as such, is believed no more", () => {
    expect(credentialOf("Bearer abc", true, none)).toEqual({ kind: "token", token: "" });
    expect(credentialOf("", false, none)).toEqual({ kind: "token", token: "" });
    expect(credentialOf(undefined, false, none)).toEqual({ kind: "none" });
  });
});

describe("the Unix socket", () => {
  const get = (headers = "") => `GET /api/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;
  const uid = process.getuid?.();

  test("takes the peer's uid as the credential", async () => {
    const { exchange } = await openDoor({ unix: true, door: { peerUid } });
    expect(received(await exchange(get())).body).toMatchObject({ credential: `uid:${uid}` });
  });

  test("reads it once, for all requests of a connection", async () => {
    let reads = 0;
    const counted = () => {
      reads++;
      return 1_000;
    };
    const { exchange } = await openDoor({ unix: true, door: { peerUid: counted } });
    const text = await exchange(get().replace("Connection: close\r\n", "") + get());
    expect(text.match(/uid:1000/g)).toHaveLength(2);
    expect(reads).toBe(1);
  });

  test("lets a presented token replace it", async () => {
    const { exchange } = await openDoor({ unix: true, door: { peerUid } });
    expect(received(await exchange(get("Authorization: Bearer valid\r\n"))).body).toMatchObject({
      credential: "tk_alice",
    });
  });

  test.each(["Bearer wrong", "Bearer", "", "Basic Og=="])(
    "never falls back to it from the invalid %j",
    async (header) => {
      const { exchange, ledger } = await openDoor({ unix: true, door: { peerUid } });
      expect(received(await exchange(get(`Authorization: ${header}\r\n`))).status).toBe(401);
      expect(ledger.entries[0]?.entry.actor).toBe("nobody");
    },
  );

  test.each([
    ["is not known", () => undefined],
    [
      "cannot be read",
      () => {
        throw new Error("no such call");
      },
    ],
  ])("closes a connection whose peer %s, before anything is read", async (_why, unknown) => {
    const { exchange, connect, ledger } = await openDoor({ unix: true, door: { peerUid: unknown } });
    expect(await readAll(connect())).toBe("");
    expect(await exchange(get("Authorization: Bearer valid\r\n"))).toBe("");
    expect(ledger.entries).toHaveLength(0);
  });
});

describe("a network door", () => {
  test("confers no identity, not even on loopback", async () => {
    const { exchange, ledger } = await openDoor();
    const text = await exchange("GET /api/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(received(text).status).toBe(401);
    expect(ledger.entries[0]?.entry).toMatchObject({ actor: "nobody", outcome: "denied" });
  });

  test("given a reader of peers finds none, and closes", async () => {
    const { connect } = await openDoor({ door: { peerUid } });
    expect(await readAll(connect())).toBe("");
  });
});
