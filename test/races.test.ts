import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Entry, entriesFrom, nextSeq } from "./ledger.ts";
import type { Answer } from "./wire.ts";
import { measured } from "./program/program.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({}, measured);
});
afterAll(() => world.stop());

const key = "applications/shop/config/db-password";
const target = `/api/secrets/${key}`;
const at = (path: string, suffix = "") => `/api/secrets/${path}${suffix}`;
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const codesOf = (answers: readonly Answer[]) => answers.map(({ code = "ok" }) => code);
const count = (codes: readonly string[], code: string) => codes.filter((one) => one === code).length;

describe("revocation against reads", () => {
  it("leaves no read of the token that stands above it and succeeded", async () => {
    await world.administrator.put(target, { value: "s3cr3t" });
    for (let round = 0; round < 5; round += 1) {
      const { wire, accessor, actor } = await world.bearer({ roles: ["viewer"] });
      const start = await nextSeq(world.administrator);
      const early = times(100, () => wire.get(target));
      await Promise.all(early.slice(0, 1 + round * 10));
      const revocation = world.administrator.post("/api/tokens:revoke", { accessor });
      const late = times(100, () => wire.get(target));
      const { seq } = await revocation;
      // Which of those under way it meets is chance; this one comes after it.
      const answers = await Promise.all([...early, ...late, wire.get(target)]);
      const entries = (await entriesFrom(world.administrator, start)).filter(({ action }) => action === "secret.read");
      expect(entries).toHaveLength(201);
      const done = entries.filter(({ outcome }) => outcome === "ok");
      expect(done.filter((entry) => entry.seq > seq || entry.actor !== actor)).toEqual([]);
      // What the callers were told is what the ledger says.
      const told = answers.filter(({ status }) => status === 200).map((answer) => answer.seq);
      expect(told.length).toBeGreaterThan(round * 10);
      expect(told.sort((one, other) => one - other)).toEqual(done.map((entry) => entry.seq));
      expect(new Set(codesOf(answers).filter((code) => code !== "ok"))).toEqual(new Set(["unauthenticated"]));
    }
  });

  it("holds for whatever the token made: no child of it succeeds above its revocation", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { wire, accessor } = await world.bearer({ roles: ["tenant-admin"] });
      const start = await nextSeq(world.administrator);
      const births = times(20, () => wire.post("/api/tokens", { roles: ["viewer"] }));
      const revocation = world.administrator.post("/api/tokens:revoke", { accessor });
      const born = (await Promise.all(births)).filter(({ status }) => status === 201);
      const { seq } = await revocation;
      for (const answer of born) {
        expect(answer.seq).toBeLessThan(seq);
        const { token } = answer.output<{ readonly token: string }>();
        expect((await world.stranger.bearing(token).get(target)).code).toBe("unauthenticated");
      }
      const made = (await entriesFrom(world.administrator, start)).filter(isDone("token.create"));
      expect(made.map((entry) => entry.seq)).toEqual(
        born.map((answer) => answer.seq).sort((one, other) => one - other),
      );
    }
  });

  it("of a grant likewise", async () => {
    const { wire, actor } = await world.bearer({ roles: ["viewer"] });
    const start = await nextSeq(world.administrator);
    const reads = times(50, () => wire.get(target));
    const revocation = world.administrator.post("/api/grants:revoke", { actor, role: "viewer" });
    const answers = await Promise.all([...reads, ...times(50, () => wire.get(target))]);
    const { seq } = await revocation;
    const late = (await entriesFrom(world.administrator, start)).filter((entry) => entry.seq > seq);
    expect(late.filter(isDone("secret.read"))).toEqual([]);
    for (const code of codesOf(answers)) expect(["ok", "forbidden"]).toContain(code);
  });
});

const isDone =
  (name: string) =>
  ({ action, outcome }: Entry): boolean =>
    action === name && outcome === "ok";

describe("a token with few uses", () => {
  it("is good for exactly as many calls as it has uses, however many come at once (ATTACKS 15)", async () => {
    for (const uses of [1, 1, 1, 3, 20]) {
      const { wire } = await world.bearer({ roles: ["viewer"], uses });
      const answers = await Promise.all(times(2 * uses + 8, () => wire.get(target)));
      const codes = codesOf(answers);
      expect(count(codes, "ok")).toBe(uses);
      expect(count(codes, "unauthenticated")).toBe(uses + 8);
    }
  });

  it("is revoked at once, however fast somebody uses it up", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { wire, accessor } = await world.bearer({ roles: ["viewer"], uses: 10_000 });
      const useUp = async (): Promise<void> => {
        while ((await wire.get(target)).status === 200);
      };
      const users = times(32, useUp);
      for (let calls = 0; calls < 10; calls += 1) await wire.get(target);
      expect((await world.administrator.post("/api/tokens:revoke", { accessor })).status).toBe(200);
      await Promise.all(users);
      expect((await wire.get(target)).code).toBe("unauthenticated");
    }
  });
});

describe("many writers of one key", () => {
  it("with check-and-set: exactly one wins each round", async () => {
    const path = at("races/cas");
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(
        times(32, (writer) => world.administrator.put(path, { value: `${round}:${writer}`, cas: round })),
      );
      const codes = codesOf(answers);
      expect(count(codes, "ok")).toBe(1);
      expect(count(codes, "version_mismatch")).toBe(31);
      const winner = codes.indexOf("ok");
      expect((await world.administrator.get(path)).json).toMatchObject({
        version: round + 1,
        value: `${round}:${winner}`,
      });
    }
  });

  it("that make it: exactly one does", async () => {
    const answers = await Promise.all(
      times(32, (writer) => world.administrator.post("/api/secrets", { key: "races/made", value: writer })),
    );
    expect(count(codesOf(answers), "ok")).toBe(1);
    expect(count(codesOf(answers), "already_exists")).toBe(31);
  });

  it("that write blindly: all succeed, and versions have no gap", async () => {
    const path = at("races/hot");
    const answers = await Promise.all(times(64, (writer) => world.administrator.put(path, { value: writer })));
    expect(new Set(codesOf(answers))).toEqual(new Set(["ok"]));
    const versions = answers.map((answer) => answer.output<{ readonly version: number }>().version);
    expect([...versions].sort((one, other) => one - other)).toEqual(times(64, (index) => index + 1));
    for (const [writer, version] of versions.entries()) {
      const answer = await world.administrator.get(`${path}/versions/${version}`);
      expect(answer.json).toMatchObject({ version, value: writer });
    }
  });

  it("one of which deletes: what is told fits together", async () => {
    const path = at("races/deleted");
    await world.administrator.put(path, { value: 0 });
    const answers = await Promise.all(
      times(20, (index) =>
        index % 5 === 4 ? world.administrator.delete(path) : world.administrator.put(path, { value: index }),
      ),
    );
    const last = answers
      .filter(({ status }) => status < 300)
      .sort((one, other) => one.seq - other.seq)
      .at(-1);
    const { version, state } = last!.output<{ readonly version: number; readonly state: string }>();
    const now = await world.administrator.get(path);
    expect(now.code ?? "live").toBe(state);
    const { items } = (await world.administrator.get(`${path}:history`)).output<{ items: { version: number }[] }>();
    expect(items.map((item) => item.version)).toEqual(times(version, (index) => version - index));
  });
});

describe("reads against a write", () => {
  it("never show what is older than a read answered before (cache fill against invalidation)", async () => {
    const path = at("races/fresh");
    await world.administrator.put(path, { value: 1 });
    const { wire } = await world.bearer({ roles: ["viewer"] });
    const start = await nextSeq(world.administrator);
    const calls = times(300, (index) =>
      index % 10 === 9 ? world.administrator.put(path, { value: 1 }) : wire.get(path),
    );
    const answers = (await Promise.all(calls)).sort((one, other) => one.seq - other.seq);
    let current = 1;
    const shown = answers.map((answer) => {
      const { version, value } = answer.output<{ readonly version: number; readonly value?: unknown }>();
      if (value === undefined) current = version;
      return { version, current };
    });
    expect(shown.filter((one) => one.version !== one.current)).toEqual([]);
    expect(current).toBe(31);
    expect(await nextSeq(world.administrator)).toBe(start + 301);
  });
});

describe("destroy against reads and re-wrapping", () => {
  it("lets nothing of the version be read above it, and no key come back", async () => {
    for (let round = 0; round < 5; round += 1) {
      const path = at(`races/destroyed-${round}`);
      await world.administrator.put(path, { value: "doomed" });
      (await world.administrator.post("/api/keys:rotate")).output();
      const start = await nextSeq(world.administrator);
      // Each of these reads would re-wrap the data key under the new KEK.
      const early = times(20, () => world.administrator.get(path));
      const destruction = world.administrator.post(`${path}:destroy`, { versions: [1] });
      const answers = await Promise.all([...early, ...times(20, () => world.administrator.get(path))]);
      const { seq, status } = await destruction;
      expect(status).toBe(200);
      const late = (await entriesFrom(world.administrator, start)).filter((entry) => entry.seq > seq);
      expect(late.filter(isDone("secret.read"))).toEqual([]);
      for (const code of codesOf(answers)) expect(["ok", "destroyed"]).toContain(code);
      expect((await world.administrator.get(path)).code).toBe("destroyed");
    }
  });
});

describe("after all of it", () => {
  it("the ledger verifies, and so does every row", async () => {
    const answer = await world.administrator.post("/api/audit:verify", { state: true });
    expect(answer.json).toMatchObject({ ok: true, state: { ok: true, unexplained: [] } });
  });
});
