import { Refusal } from "@holdfast/engine";
import { settingsFrom } from "@holdfast/postgres";
import { describe, expect, it } from "vitest";
import { type PostgresState, reportOnPostgres } from "./report-on-postgres.ts";

const URL = "postgres://holdfast_node@db.example.org/holdfast";

interface Told {
  readonly position?: object;
  readonly sizes?: object | undefined;
  readonly url?: string;
  readonly state?: Partial<PostgresState>;
}

function report({ position, sizes, url = URL, state }: Told = {}) {
  const rows = async ({ name }: { readonly name?: string }) => {
    if (name === "report_position") return [{ size: 7, holder: "two 0123abcd", ...position }];
    if (sizes === undefined) throw new Refusal("storage_failed", "no such function");
    return [sizes];
  };
  return reportOnPostgres({
    settings: settingsFrom({ url }),
    server: {
      version: "18.4",
      role: "holdfast_node",
      isOwner: false,
      tls: "verify-full",
      isPartitioned: true,
      notChecked: [],
    },
    reads: { rows } as unknown as PostgresState["reads"],
    feed: { isListening: true, reason: "" },
    position: 5,
    ...state,
  });
}

const feature = async (name: string, told: Told) =>
  (await report(told)).features.find((candidate) => candidate.name === name);

describe("what status says of PostgreSQL", () => {
  it("is whom the node is there, who has the duties, and what it has not heard of yet", async () => {
    const { storage, features } = await report({ sizes: { bytes: 8192, strays: 0 } });
    expect(storage).toEqual({
      kind: "postgres",
      sizeBytes: 8192,
      server: "18.4",
      role: "holdfast_node",
      tls: "verify-full",
      behind: 2,
      dutyHolder: "two",
    });
    expect(features.map(({ state }) => state)).toEqual(features.map(() => "available"));
  });

  it("leaves out what a service cannot say, and is refused when there is no answer at all", async () => {
    expect((await report()).storage).not.toHaveProperty("sizeBytes");
    const rows = async () => Promise.reject(new Refusal("storage_failed", "no connection"));
    const reads = { rows } as unknown as PostgresState["reads"];
    await expect(report({ state: { reads } })).rejects.toMatchObject({ code: "storage_failed" });
  });

  const server = {
    version: "18.4",
    role: "root",
    isOwner: true,
    tls: "none",
    isPartitioned: true,
    notChecked: [],
  } as const;
  it.each<readonly [string, string, Told, RegExp]>([
    ["storage-least-privilege", "degraded", { state: { server } }, /root owns the ledger's tables/],
    ["storage-encryption", "degraded", { state: { server } }, /sslmode=disable/],
    ["storage-encryption", "available", { url: "postgres://a@localhost/a", state: { server } }, /this host/],
    ["storage-encryption", "available", { state: { server: { ...server, tls: "verify-ca" } } }, /authority/],
    [
      "storage-notifications",
      "degraded",
      { state: { feed: { isListening: false, reason: "it is gone" } } },
      /every 250 ms: it is gone/,
    ],
    ["duties", "degraded", { position: { holder: null } }, /no node has the lease/],
    ["ledger-partitions", "degraded", { sizes: { bytes: 1, strays: 8192 } }, /default partition/],
    ["ledger-partitions", "unavailable", { state: { server: { ...server, isPartitioned: false } } }, /one table/],
    ["storage-checks", "degraded", { state: { server: { ...server, notChecked: ["fsync"] } } }, /fsync/],
  ])("calls %s %s when it is: %o", async (name, state, told, detail) => {
    expect(await feature(name, told)).toMatchObject({ state, detail: expect.stringMatching(detail) as string });
  });

  it("calls notifications unavailable where they were switched off", async () => {
    const settings = settingsFrom({ url: URL, hasNotify: false });
    const state = { settings, feed: { isListening: false, reason: "" } };
    expect(await feature("storage-notifications", { state })).toMatchObject({ state: "unavailable" });
  });
});
