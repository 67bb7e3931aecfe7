import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, type Call, dutyCall, nextRequestId, type Operation, SqliteStorage } from "@holdfast/engine";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Assembly, definition, startDuties } from "@holdfast/spine";
import { assemble } from "./assemble.ts";
import { configurationFrom } from "./configuration.ts";
import { openDataFolder } from "./data-folder.ts";

const silent = { debug() {}, info() {}, warn() {}, error: vi.fn() };
const MINUTE_MS = 60_000;

let folder: string;
let assembly: Assembly;
const lease = { isHeld: true };
const upkeep = vi.fn<() => Promise<boolean>>();
let stop: () => Promise<void>;

beforeEach(async () => {
  // A round is a minute on: what lasts for a second is over by then.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  lease.isHeld = true;
  upkeep.mockReset().mockResolvedValue(true);
  folder = mkdtempSync(join(tmpdir(), "holdfast-duties-"));
  const environment = { HOLDFAST_DATA_DIR: join(folder, "data"), HOLDFAST_CHECKPOINT_DIR: join(folder, "elsewhere") };
  const configuration = configurationFrom(environment);
  const data = openDataFolder(configuration.dataDir);
  const hardening = { isNonDumpable: true, hasNoCoreFiles: true };
  assembly = await assemble({ configuration, folder: data, log: silent, hardening });
  const { gate, keyring, reads, actors, systemTenant } = assembly;
  const ledger = { duties: lease, upkeep: [{ run: upkeep }] };
  stop = startDuties({ gate, keyring, reads, ledger, actor: actors.server, systemTenant, log: silent });
});

afterEach(async () => {
  await stop();
  vi.useRealTimers();
  await assembly.close();
  rmSync(folder, { recursive: true, force: true });
});

function operation(name: string): Operation {
  return assembly.operations.find((candidate) => candidate.definition === definition(name))!;
}

/** The administrator asks, as the owner of the data folder. */
async function ask(name: string, body?: object, key?: string): Promise<Answer & { readonly ok: true }> {
  const { credential: _, ...call } = dutyCall(
    operation(name),
    { actor: "", tenant: "", kind: "peer", credential: "" },
    AbortSignal.timeout(10_000),
  );
  const asked: Call = {
    ...call,
    credential: { kind: "peer", uid: process.getuid!() },
    params: key === undefined ? {} : { key },
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    mediaType: body === undefined ? undefined : "application/json",
    requestId: nextRequestId(),
  };
  const answer = await assembly.gate.perform(asked);
  if (!answer.ok) throw answer.refusal;
  return answer;
}

/** A round is over when the ledger holds what it had to do, or when it had nothing. */
async function round(): Promise<void> {
  vi.advanceTimersByTime(MINUTE_MS);
  await new Promise((resolve) => setTimeout(resolve, 0));
}

const count = (table: string): number =>
  Number((assembly.ledger.storage as SqliteStorage).database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!["n"]);

describe("the server's duties", () => {
  it("leave no entry when there is nothing to do", async () => {
    const before = assembly.ledger.committer.position;
    await round();
    await stop();
    expect(assembly.ledger.committer.position).toBe(before);
  });

  it("remove tokens that are over, with the actors and grants that were made for them", async () => {
    const actors = count("actors");
    await ask("token.create", { roles: ["viewer"], uses: 1 });
    await ask("token.create", { roles: ["viewer"], ttlSeconds: 1 });
    const lasting = await ask("token.create", { roles: ["viewer"], ttlSeconds: 3600 });
    await ask("token.create", {});
    expect([count("tokens"), count("actors"), count("grants")]).toEqual([4, actors + 3, 4]);
    await round();
    await vi.waitFor(() => {
      expect([count("tokens"), count("actors"), count("grants")]).toEqual([3, actors + 2, 3]);
    });
    expect(lasting.plan.output).toMatchObject({ roles: ["viewer"] });
  });

  it("move keys from a retiring KEK to the active one, and destroy it when it wraps nothing any more", async () => {
    await ask("secret.put", { value: "correct horse" }, "applications/shop/config/db-password");
    await ask("key.rotate");
    await round();
    await vi.waitFor(async () => {
      const { plan } = await ask("key.list");
      expect(plan.output).toMatchObject({
        items: [
          { version: 2, state: "active" },
          { version: 1, state: "destroyed", references: 0 },
        ],
      });
    });
    const read = await ask("secret.read", undefined, "applications/shop/config/db-password");
    expect(read.plan.output).toMatchObject({ value: "correct horse" });
  });

  it("of one of several nodes are left alone without the lease, also when it ends between two pieces", async () => {
    await ask("token.create", { uses: 1, ttlSeconds: 1 });
    lease.isHeld = false;
    await round();
    await stop();
    expect([count("tokens"), upkeep.mock.calls.length]).toEqual([1, 0]);
  });

  it("go on piece by piece until nothing is left, or the lease ends", async () => {
    upkeep.mockResolvedValueOnce(false).mockResolvedValueOnce(false).mockResolvedValueOnce(true);
    await round();
    await vi.waitFor(() => {
      expect(upkeep).toHaveBeenCalledTimes(3);
    });
    upkeep.mockReset().mockImplementation(async () => (lease.isHeld = false));
    await round();
    await vi.waitFor(() => {
      expect(upkeep).toHaveBeenCalledTimes(1);
    });
    await stop();
    expect(upkeep).toHaveBeenCalledTimes(1);
  });

  it("are tried again when a round fails", async () => {
    const { storage } = assembly.ledger;
    const rows = vi.spyOn(SqliteStorage.prototype, "rows").mockImplementation(() => {
      throw new Error("not now");
    });
    assembly.cache.clear();
    await round();
    await vi.waitFor(() => {
      expect(silent.error).toHaveBeenCalled();
    });
    rows.mockRestore();
    expect(storage.rows).toBeTypeOf("function");
    await ask("token.create", { uses: 1 });
  });
});
