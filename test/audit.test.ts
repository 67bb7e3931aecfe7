import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Client, ClientError, createClient, verifyProof } from "@holdfast/client";
import { blake3, sha256, verifySignature } from "@holdfast/engine/crypto";
import { openCheckpoint } from "@holdfast/kernel/checkpoint";
import { parseVerifierKey } from "@holdfast/kernel/note";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Entry, exactEntriesFrom } from "./ledger.ts";
import { measured } from "./program/program.ts";
import { startWorld, type World } from "./world.ts";

interface EntryView extends Entry {
  readonly time: string;
  readonly path?: string;
  readonly address?: string;
  readonly accessor?: string;
  readonly requestId?: string;
}

let world: World;
let client: Client;
let auditor: Awaited<ReturnType<World["bearer"]>>;
beforeAll(async () => {
  world = await startWorld({}, measured);
  auditor = await world.bearer({ roles: ["security-auditor", "viewer"] });
  const { address, caPath } = world.server;
  client = createClient({ address, ca: readFileSync(caPath, "utf8"), token: auditor.token });
  for (let count = 0; count < 40; count += 1) {
    (await world.administrator.put(`/api/secrets/a/key-${count % 4}`, { value: count })).output();
  }
  await auditor.wire.put("/api/secrets/a/key-1", { value: "refused" });
  await auditor.wire.get("/api/secrets/a/key-1");
});
afterAll(async () => {
  client.close();
  await world.stop();
});

const log = async (query: string) =>
  (await auditor.wire.get(`/api/audit/entries?${query}`)).output<{ items: EntryView[]; next?: number }>();

describe("the log", () => {
  it("is newest first, and goes on where a page ended", async () => {
    const first = await log("limit=10");
    const second = await log(`limit=10&before=${first.next}`);
    const seqs = [...first.items, ...second.items].map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, index) => seqs[0]! - index));
  });

  it("goes back to the first entry", async () => {
    const seen: number[] = [];
    let before = "";
    do {
      const { items, next } = await log(`limit=7&action=secret.put${before}`);
      seen.push(...items.map(({ seq }) => seq));
      before = next === undefined ? "" : `&before=${next}`;
    } while (before !== "");
    expect(seen).toHaveLength(41);
    expect(seen).toEqual(seen.toSorted((one, other) => other - one));
  });

  it("finds by actor, action, outcome, path and time", async () => {
    const { actor } = auditor;
    const [denied] = (await log(`actor=${actor}&outcome=denied`)).items;
    expect(denied).toMatchObject({ actor, action: "secret.put", outcome: "denied", reason: "forbidden" });
    const onPath = await log("path=a/key-1&limit=1000");
    expect(onPath.items.map(({ action }) => action)).toEqual([
      "secret.read",
      ...Array.from({ length: 10 }, () => "secret.put"),
    ]);
    const { resource, time } = onPath.items.at(-1)!;
    expect((await log(`resource=${encodeURIComponent(resource)}`)).items).toHaveLength(1);
    expect((await log("action=secret.put&resource=secret&limit=1")).items).toHaveLength(1);
    expect((await log(`action=secret.put&until=${time}`)).items.every((entry) => entry.time < time)).toBe(true);
    expect((await log(`action=secret.put&since=${time}&limit=1000`)).items.map(({ seq }) => seq)).toContain(
      onPath.items.at(-1)?.seq,
    );
    expect((await log("action=no.such")).items).toEqual([]);
  });

  it("tells what the payload knows beside what the entry says", async () => {
    const requestId = "my-own-request-1";
    await auditor.wire.get("/api/secrets/a/key-2", { headers: { "holdfast-request-id": requestId } });
    const [item] = (await log("limit=1&action=secret.read")).items;
    expect(item).toMatchObject({ path: "a/key-2", address: "127.0.0.1", accessor: auditor.accessor, requestId });
    const [local] = (await log("limit=1&action=secret.put&outcome=ok")).items;
    expect(local).toMatchObject({ address: "socket", accessor: `uid:${process.getuid?.()}` });
  });

  it("shows what was asked for also where it was refused", async () => {
    await auditor.wire.put("/api/secrets/a/never-there", { value: 1 });
    expect((await log("limit=1&outcome=denied")).items[0]).toMatchObject({ path: "a/never-there" });
  });
});

describe("the ledger", () => {
  it("is a chain and a tree whose head anyone can compute from the exact bytes", async () => {
    const { head } = (await auditor.wire.get("/api/audit/head")).output<{
      head: { size: number; chain: string; root: string; origin: string };
    }>();
    const texts = (await exactEntriesFrom(world.administrator, 0)).slice(0, head.size);
    const entries = texts.map((text) => JSON.parse(text) as Entry & { prev: string; time: string });
    let chain = hex(blake3(Buffer.from(`holdfast/ledger/1\0${head.origin}`)));
    for (const [seq, entry] of entries.entries()) {
      expect(entry).toMatchObject({ seq, prev: chain });
      expect(texts[seq]).toBe(canonical(entry));
      chain = hex(blake3(Buffer.from(texts[seq]!)));
    }
    expect(chain).toBe(head.chain);
    expect(hex(treeHead(texts.map((text) => Buffer.from(text))))).toBe(head.root);
    expect(entries.map(({ time }) => time)).toEqual(entries.map(({ time }) => time).toSorted());
  });

  it("has signed heads that continue each other", async () => {
    const first = await client.audit.confirm();
    await auditor.wire.get("/api/status");
    const second = await client.audit.confirm();
    expect(first.isFirst).toBe(true);
    expect(second.isFirst).toBe(false);
    expect(second.head.size).toBeGreaterThan(first.head.size);
    expect((await auditor.wire.get("/api/audit/head?from=9999999")).code).toBe("not_found");
  });

  it("proves each entry to whoever has the key and no connection", async () => {
    const { verifierKey } = await client.audit.key({});
    for (const seq of [1, 2, 40, (await auditor.wire.get("/api/status")).seq]) {
      const { proof, entry } = await client.audit.prove(seq);
      expect(() => verifyProof(proof, entry, verifierKey)).not.toThrow();
      expect(JSON.parse(entry)).toMatchObject({ seq });
      expect(() => verifyProof(proof, entry.replace('"ok"', '"OK"'), verifierKey)).toThrow(ClientError);
    }
  });

  it("has checkpoints signed with its key", async () => {
    const { origin, verifierKey } = await client.audit.key({});
    const note = (await auditor.wire.get("/api/audit/checkpoint")).text;
    const checkpoint = openCheckpoint(note, parseVerifierKey(sha256, verifierKey), verifySignature);
    expect(checkpoint.origin).toBe(origin);
    expect(checkpoint.size).toBeGreaterThan(40);
  });

  it("verifies, with every row of the state", async () => {
    const answer = await world.administrator.post("/api/audit:verify", { state: true });
    const { ok, size, state } = answer.output<{ ok: boolean; size: number; state: { ok: boolean; rows: number } }>();
    expect({ ok, state: state.ok }).toEqual({ ok: true, state: true });
    expect(size).toBeGreaterThan(40);
    expect(state.rows).toBeGreaterThan(40);
  });

  it("goes on after a restart, and its heads continue those of before", async () => {
    const { head } = await client.audit.confirm();
    world = await world.restart();
    const wire = world.stranger.bearing(auditor.token);
    const answer = await wire.get(`/api/audit/head?from=${head.size}`);
    const now = answer.output<{ head: { size: number; origin: string }; consistency: string[] }>();
    expect(now.head.origin).toBe(head.origin);
    expect(now.head.size).toBeGreaterThanOrEqual(head.size);
    expect((await wire.get("/api/audit/entries/1:proof")).status).toBe(200);
  });
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** RFC 8785 for what entries hold: flat objects of short ASCII text and counts. */
const canonical = (entry: object): string =>
  JSON.stringify(Object.fromEntries(Object.entries(entry).toSorted(([one], [other]) => (one < other ? -1 : 1))));

/** MTH of RFC 6962 §2.1, word for word. */
function treeHead(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return createHash("sha256").update("\0").update(leaves[0]!).digest();
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const [left, right] = [treeHead(leaves.slice(0, half)), treeHead(leaves.slice(half))];
  return createHash("sha256").update("\u0001").update(left).update(right).digest();
}
