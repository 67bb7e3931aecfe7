import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactEntriesFrom } from "../ledger.ts";
import { shipped } from "../program/program.ts";
import { rowsOf } from "../rows.ts";
import { storage } from "../storage.ts";
import { type Bearer, startWorld, type World } from "../world.ts";

/** Each of these goes in somewhere; none of them may come to rest anywhere in the clear. */
const secrets = {
  text: "correct-horse-battery-staple",
  number: "31337313373133731337",
  member: "hunter2-as-a-member",
  bytes: "bytes-that-nobody-shall-see",
  large: "large-value-".repeat(4000),
  malformed: "inside-malformed-json",
  refused: "in-a-call-that-is-refused",
  query: "password-in-a-query",
  password: "basic-password-of-someone",
  destroyed: "value-that-was-destroyed",
};

let world: World;
let bearer: Bearer;
const problems: string[] = [];
const tokens: string[] = [];

beforeAll(async () => {
  world = await startWorld({ HOLDFAST_LOG_LEVEL: "debug" });
  bearer = await world.bearer({ roles: ["operator"] });
  const viewer = await world.bearer({ roles: ["viewer"] });
  tokens.push(bearer.token, viewer.token, `hft_${"S".repeat(43)}`);
  await storeAll();
  await failWithAll(viewer);
});
afterAll(() => world.stop());

async function storeAll(): Promise<void> {
  const { wire } = bearer;
  (await wire.put("/api/secrets/s/text", { value: secrets.text })).output();
  (await wire.put("/api/configs/s/number", `{"value":${secrets.number}}`)).output();
  (await wire.put("/api/secrets/s/member", { value: { [secrets.member]: true } })).output();
  const value = Buffer.from(secrets.bytes).toString("base64");
  (await wire.put("/api/secrets/s/bytes", { value, encoding: "base64" })).output();
  (await wire.put("/api/secrets/s/large", { value: secrets.large })).output();
  (await wire.put("/api/secrets/s/gone", { value: secrets.destroyed })).output();
  (await world.administrator.post("/api/secrets/s/gone:destroy", { all: true })).output();
  const idempotent = { headers: { "idempotency-key": "0123456789abcdef" } };
  (await wire.put("/api/secrets/s/again", { value: secrets.text }, idempotent)).output();
  for (const key of ["text", "member", "bytes", "large"]) (await wire.get(`/api/secrets/s/${key}`)).output();
  (await world.administrator.post("/api/tokens:lookup", { token: bearer.token })).output();
}

async function failWithAll(viewer: Bearer): Promise<void> {
  const { wire } = bearer;
  const { malformed, refused, query, password } = secrets;
  const basic = Buffer.from(`admin:${password}`).toString("base64");
  const answers = [
    await wire.put("/api/secrets/s/text", `{"value":"${malformed}",}`),
    await wire.put("/api/secrets/s/text", `{"value":"${malformed}`),
    await wire.put("/api/secrets/s/text", `"${malformed}"`),
    await wire.put("/api/secrets/s/text", { value: 1, note: { text: refused } }),
    await wire.put("/api/secrets/s/text", { value: refused, cas: refused }),
    await wire.put("/api/secrets/s/text", { value: refused, cas: 99 }),
    await wire.put("/api/secrets/s/text", { value: refused, encoding: "base64" }),
    await wire.put("/api/secrets/s/text", { value: { a: refused }, contentType: "text/plain" }),
    await wire.put("/api/secrets/s/text", { value: refused }, { headers: { "content-type": "text/plain" } }),
    await wire.post("/api/secrets", { key: "s/text", value: refused }),
    await viewer.wire.put("/api/secrets/s/text", { value: refused }),
    await world.stranger.put("/api/secrets/s/text", { value: refused }),
    await wire.get(`/api/status?password=${query}`),
    await wire.get(`/no/such?password=${query}`),
    await wire.get(`/api/tree?depth=${query}`),
    await world.stranger.with({ authorization: `Basic ${basic}` }).get("/api/status"),
    await world.stranger.with({ authorization: `Bearer ${password}` }).get("/api/status"),
    await world.stranger.bearing(tokens.at(-1)!).get("/api/status"),
    await wire.post("/api/tokens:lookup", { token: tokens.at(-1) }),
    await world.administrator.post("/api/tokens:lookup", { token: tokens.at(-1) }),
    await world.administrator.post("/api/tokens:revoke", { token: `${tokens.at(-1)}x` }),
    await wire.get("/api/status", { headers: { "holdfast-request-id": `${refused}!` } }),
    await wire.put("/api/secrets/s/text", { value: refused }, { headers: { "if-match": refused } }),
  ];
  problems.push(
    ...answers.filter(({ status }) => status >= 400).map(({ text, headers }) => text + JSON.stringify(headers)),
  );
}

const forbidden = () => [...Object.values(secrets).map((text) => text.slice(0, 40)), ...tokens];

/** The ways in which text is still text: as it is, in hex, in base 64 at any offset, in UTF-16. */
function formsOf(text: string): Buffer[] {
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from(text.slice(offset + 1))
      .toString("base64")
      .slice(4, -4),
  );
  const texts = [text, Buffer.from(text).toString("hex"), ...base64];
  return [...texts.map((one) => Buffer.from(one)), Buffer.from(text, "utf16le")];
}

const formsOfAll = () => forbidden().flatMap((text) => formsOf(text).map((form) => ({ text, form })));

const found = (bytes: Buffer): string[] =>
  formsOfAll().flatMap(({ text, form }) => (bytes.includes(form) ? [text] : []));

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

describe("ATTACKS 25: a secret, token or password text", () => {
  it("would be found by this test, in each of its forms", () => {
    for (const { text, form } of formsOfAll())
      expect(found(Buffer.concat([Buffer.from("..\0"), form]))).toContain(text);
    expect(problems.length).toBeGreaterThan(15);
  });

  it("stands in no problem document and no header of a refusal", () => {
    for (const problem of problems) expect(found(Buffer.from(problem))).toEqual([]);
  });

  it("stands in no log line, also at the level that says most", async () => {
    const output = world.server.output();
    expect(output).toContain('"msg"');
    expect(found(Buffer.from(output))).toEqual([]);
    expect(found((await world.stranger.get("/metrics")).bytes)).toEqual([]);
  });

  it("stands in no entry, opened or not", async () => {
    const entries = (await exactEntriesFrom(world.administrator, 0)).join("\n");
    expect(found(Buffer.from(entries))).toEqual([]);
    // Nor does an unkeyed hash of one, by which a guess could be tested.
    const { bytes } = await world.administrator.get("/api/audit/entries?limit=1000");
    expect(found(bytes)).toEqual([]);
  });

  it("stands in nothing stored, and in no file of the data folder or beside it, while the server runs and after it", async () => {
    const look = async () => {
      const { dataDir } = world.server;
      const files = [dataDir, `${dataDir}-checkpoints`].flatMap((folder) =>
        readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
      );
      // What is written aside and renamed may be gone by now.
      const regular = files.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
      expect(regular.map((path) => path.slice(dataDir.length))).toEqual(
        expect.arrayContaining(storage === "sqlite" ? ["/holdfast.db", "/root.key"] : ["/root.key"]),
      );
      const stored = found(await (await rowsOf(world.server)).bytes());
      return [...stored, ...regular.flatMap((path) => found(contentOf(path)).map((text) => `${path}: ${text}`))];
    };
    expect(await look()).toEqual([]);
    world = await world.restart();
    expect(await look()).toEqual([]);
  });

  it("of the root key lies in no file but its own", async () => {
    const { dataDir } = world.server;
    const hex = readFileSync(join(dataDir, "root.key"), "utf8").trim();
    const files = ["checkpoint", "ca.pem"].map((name) => readFileSync(join(dataDir, name)));
    for (const bytes of [await (await rowsOf(world.server)).bytes(), ...files]) {
      expect([bytes.includes(hex), bytes.includes(Buffer.from(hex, "hex"))]).toEqual([false, false]);
    }
  });
});

describe("ATTACKS 47: secrets in a process list", () => {
  /** What another process of the same user sees; a process that hides it is as good. */
  const seen = (pid: number): Buffer =>
    Buffer.concat(
      ["cmdline", "environ"].map((name) => {
        try {
          return readFileSync(`/proc/${pid}/${name}`);
        } catch (error) {
          if (["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return Buffer.alloc(0);
          throw error;
        }
      }),
    );

  it("show neither by the server", () => {
    expect(found(seen(world.server.process.pid!))).toEqual([]);
    const rootKey = readFileSync(join(world.server.dataDir, "root.key"), "utf8").trim();
    expect(seen(world.server.process.pid!).includes(rootKey)).toBe(false);
  });

  it("nor by the command that writes or reads one", async () => {
    const env = {
      PATH: process.env["PATH"],
      HOME: world.server.dataDir,
      ...shipped.env,
      HOLDFAST_SOCKET: world.server.socketPath,
    };
    const child = spawn(process.execPath, [shipped.main, "put", "s/by-command", "-"], {
      env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    child.stdin.write(secrets.text);
    expect(seen(child.pid!).includes("s/by-command")).toBe(true);
    expect(found(seen(child.pid!))).toEqual([]);
    child.stdin.end();
    expect(await ended).toBe(0);
    expect((await world.administrator.get("/api/secrets/s/by-command")).json).toMatchObject({ value: secrets.text });
  });
});
