import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@holdfast/client";
import { beforeAll, describe, expect, it } from "vitest";
import { superuserUrl } from "../postgres.ts";
import {
  answerOf,
  ask,
  copyOf,
  digestOf,
  FEW,
  hasSchema,
  holdfast,
  install,
  type Installation,
  newDatabase,
  newHome,
  ON_SQLITE,
  runningServer,
  SECRETS,
  toPostgres,
  toSqlite,
} from "./migrate.fixture.ts";

/** Tests run beside each other, and next to whatever else is tested. */
const PATIENCE = 180_000;

let installation: Installation;
let small: Installation;
beforeAll(async () => {
  [installation, small] = await Promise.all([install(SECRETS), install(FEW)]);
});

describe.concurrent("an installation", { timeout: PATIENCE }, () => {
  it("moves into PostgreSQL by one command, goes on there, and moves back with what came on top, and never under a server", async () => {
    const home = copyOf(installation);
    const url = await newDatabase();
    const before = digestOf(home);

    const there = await toPostgres(home, url);
    expect(there).toMatchObject({ code: 0, err: "" });
    expect(there.out).toMatch(/^ok {2}source {2}\d+ entries and \d+ rows verified in/);
    expect(there.out).toMatch(/\nok {2}copied {2}\d+ entries, \d+ rows, \d+ tiles, \d+ checkpoints?\n/);
    expect(there.out).toMatch(/\nok {2}target .* the same head\n/);
    expect(there.out).toContain(join(home, ".holdfast", "root.key"));
    expect(there.out).not.toContain(new URL(url).password);
    expect(digestOf(home)).toBe(before);

    const again = await toPostgres(home, url, "--json");
    expect(answerOf(again)).toMatchObject({ ok: true, found: "copied" });
    const { size, root } = answerOf(again);

    const node = await runningServer(home, { HOLDFAST_STORAGE_URL: url });
    const own = createClient({ socketPath: node.socketPath });
    expect((await own.secrets.read("applications/shop/config/db-password")).value).toBe("ours");
    expect((await own.secrets.read("applications/shop/config/db-password", { tenant: "other" })).value).toBe("theirs");
    const bearer = createClient({
      address: node.address,
      token: installation.token,
      ca: readFileSync(node.caPath, "utf8"),
    });
    expect((await bearer.secrets.read("applications/a7/config/key")).value).toBe(7);
    await own.secrets.put("applications/shop/config/new", { value: "written there" });
    bearer.close();
    own.close();

    const inUse = await toSqlite(home, url, "--data-dir", "back");
    expect(inUse).toMatchObject({ code: 5, err: expect.stringContaining("A node runs on this database") as string });
    expect(existsSync(join(home, "back"))).toBe(false);
    await node.stop();

    const verified = await holdfast(home, ["audit", "verify", "--state", "--json"], { HOLDFAST_STORAGE_URL: url });
    expect(answerOf(verified)).toMatchObject({ ok: true, state: { ok: true } });
    expect(answerOf(verified).size).toBeGreaterThan(size);

    const back = await toSqlite(home, url, "--data-dir", "back", "--json");
    expect(back.code).toBe(0);
    expect(answerOf(back)).toMatchObject({ ok: true, found: "empty", root: answerOf(verified).root });
    expect(root).not.toBe(answerOf(back).root);
    const rootKey = { HOLDFAST_ROOT_KEY_FILE: join(home, ".holdfast", "root.key") };
    const folder = await holdfast(home, ["audit", "verify", "--state", "--data-dir", "back", "--json"], rootKey);
    expect(answerOf(folder)).toMatchObject({ ok: true, root: answerOf(verified).root });

    const single = await runningServer(home, { ...ON_SQLITE, ...rootKey }, "back");
    const client = createClient({ socketPath: single.socketPath });
    expect((await client.secrets.read("applications/shop/config/new")).value).toBe("written there");
    expect((await client.secrets.read("applications/shop/config/db-password", { tenant: "other" })).value).toBe(
      "theirs",
    );
    client.close();

    const other = await newDatabase();
    expect(await toPostgres(home, other, "--data-dir", "back")).toMatchObject({
      code: 5,
      out: "",
      err: expect.stringContaining("A server runs on") as string,
    });
    expect(await hasSchema(other)).toBe(false);
    expect(await single.stop()).toBe(0);
  });

  it("stays where it is while a newer state of it is known", async () => {
    const home = copyOf(small);
    const url = await newDatabase();
    const folder = join(home, ".holdfast");
    const older = readFileSync(join(folder, "holdfast.db"));
    const server = await runningServer(home, ON_SQLITE);
    const client = createClient({ socketPath: server.socketPath });
    await client.secrets.put("applications/shop/config/newer", { value: 1 });
    client.close();
    await server.stop();
    writeFileSync(join(folder, "holdfast.db"), older);
    const refused = await toPostgres(home, url);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toMatch(/^holdfast: The ledger has \d+ entries; a ledger of \d+ is known from elsewhere\.$/m);
    expect(refused.err).toMatch(/^hint: Move the newest state instead; .*\.holdfast\/checkpoint/m);
    expect(await hasSchema(url)).toBe(false);
  });

  it("is found in the database without a server, and its node needs a role that owns nothing", async ({
    onTestFinished,
  }) => {
    const home = copyOf(small);
    const url = await newDatabase();
    const settings = { HOLDFAST_STORAGE_URL: url };
    const empty = await holdfast(home, ["storage", "status"], settings);
    expect(empty).toMatchObject({ code: 0, err: "" });
    expect(empty.out).toContain("none yet; holdfast storage migrate makes them");
    const misspelt = await holdfast(home, ["storage", "status"], { ...settings, HOLDFAST_STORAGE_TIMEOUT: "1" });
    expect(misspelt).toMatchObject({
      code: 0,
      out: empty.out,
      err: "holdfast: unknown setting HOLDFAST_STORAGE_TIMEOUT; is it misspelt?\n",
    });
    expect(await holdfast(home, ["storage", "grant", "--role", "nobody"], settings)).toMatchObject({
      code: 1,
      err: expect.stringContaining("The database has no tables yet.") as string,
    });
    const role = `${new URL(url).username}_node`;
    const node = await nodeOf(url, role);
    onTestFinished(() => withoutRole(url, role));
    expect(await holdfast(home, ["storage", "status"], { HOLDFAST_STORAGE_URL: node })).toMatchObject({
      code: 1,
      out: expect.stringContaining("There are no tables yet, and this role may not make them.") as string,
    });
    expect((await holdfast(home, ["storage", "migrate"], settings)).out).toMatch(/has version \d+ now, it had none\n$/);
    expect((await holdfast(home, ["storage", "migrate"], settings)).out).toMatch(/is up to date: version \d+\n$/);
    expect((await toPostgres(home, url)).code).toBe(0);

    expect(await holdfast(home, ["storage", "grant", "--role", `${role}_2`], settings)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`has no role ${role}_2`) as string,
    });
    expect(await holdfast(home, ["storage", "grant", "--role", role], settings)).toMatchObject({ code: 0, err: "" });

    const server = await runningServer(home, { HOLDFAST_STORAGE_URL: node });
    const client = createClient({ socketPath: server.socketPath });
    await client.secrets.put("applications/shop/config/by-node", { value: 1 });
    client.close();
    const status = JSON.parse(
      (await holdfast(home, ["storage", "status", "--json"], { HOLDFAST_STORAGE_URL: node })).out,
    ) as Record<string, unknown>;
    expect(status).toMatchObject({
      role,
      isOwner: false,
      synchronousCommit: "on",
      problems: [],
      leases: [{ name: "duties", isHeld: true }],
      nodes: [{ node: expect.any(String) as string, wroteAt: expect.any(String) as string }],
    });
    await server.stop();
    expect((await holdfast(home, ["storage", "migrate"], { HOLDFAST_STORAGE_URL: node })).code).toBe(0);
    expect(await holdfast(home, ["storage", "grant", "--role", role], { HOLDFAST_STORAGE_URL: node })).toMatchObject({
      code: 4,
      err: expect.stringContaining("Connect as the role that owns the tables") as string,
    });
  });
});

/** A role that owns nothing in this database, and the URL by which it comes in. */
async function nodeOf(url: string, role: string): Promise<string> {
  const place = new URL(superuserUrl());
  place.pathname = new URL(url).pathname;
  await ask(place.href, `CREATE ROLE ${role} LOGIN PASSWORD 'of-a-node'`);
  const node = new URL(url);
  node.username = role;
  node.password = "of-a-node";
  return node.href;
}

async function withoutRole(url: string, role: string): Promise<void> {
  const place = new URL(superuserUrl());
  place.pathname = new URL(url).pathname;
  await ask(place.href, `DROP OWNED BY ${role}`);
  await ask(place.href, `DROP ROLE ${role}`);
}

describe.concurrent("the commands of storage", { timeout: PATIENCE }, () => {
  it("are completed, and explained with examples", async () => {
    const home = newHome();
    expect((await holdfast(home, ["complete", "--", "migrate", ""])).out).toMatch(
      /sqlite-to-postgres\t[^]*postgres-to-sqlite\t/,
    );
    expect((await holdfast(home, ["complete", "--", "storage", ""])).out).toMatch(/status\t[^]*migrate\t[^]*grant\t/);
    expect((await holdfast(home, ["complete", "--", "root-key", ""])).out).toMatch(/new\t/);
    for (const words of [
      ["migrate", "sqlite-to-postgres"],
      ["migrate", "postgres-to-sqlite"],
      ["storage", "status"],
      ["storage", "migrate"],
      ["storage", "grant"],
      ["root-key", "new"],
    ]) {
      expect(await holdfast(home, [...words, "--help"])).toMatchObject({
        code: 0,
        out: expect.stringContaining("\nExamples:\n") as string,
      });
    }
  });
});
