import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../server.ts";
import { type Holdfast, holdfastBeside } from "./holdfast.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-ledger-"));
const heads = join(folder, ".local/state/holdfast/heads.json");
let server: TestServer;
let holdfast: Holdfast;
beforeAll(async () => {
  server = await startServer({ dataDir: join(folder, ".holdfast") });
  holdfast = holdfastBeside(server);
  for (let index = 0; index < 5; index += 1) holdfast(["put", `a/${index}`, "-"], { input: "value" });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("the ledger", () => {
  it("shows what happened, newest first, without values", () => {
    const { out } = holdfast(["audit", "log", "--action", "secret.put", "--limit", "2"]);
    expect(out).toMatch(/secret\.put +ok +a\/4\n.*secret\.put +ok +a\/3\n$/);
    expect(out).not.toContain("value");
  });

  it("verifies, and its head is remembered", () => {
    expect(holdfast(["audit", "verify", "--state"])).toMatchObject({ code: 0, err: "" });
    expect(existsSync(heads)).toBe(true);
  });

  it("that does not continue the remembered head is refused, and the file is named", () => {
    copyFileSync(heads, `${heads}.kept`);
    const forged = readFileSync(heads, "utf8").replace(/"size": \d+/, '"size": 1000000');
    writeFileSync(heads, forged);
    const { code, err } = holdfast(["audit", "verify"]);
    copyFileSync(`${heads}.kept`, heads);
    expect(code).toBe(1);
    expect(err).toContain("heads.json");
  });

  it("proves an entry and prints its exact bytes", () => {
    expect(holdfast(["audit", "prove", "2"]).out).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 2\n/);
    expect(holdfast(["audit", "prove", "2", "--entry"]).out).toMatch(/^\{"action":.*"v":1\}$/);
    expect(holdfast(["audit", "prove", "1000000"]).code).toBe(3);
  });

  it("is exported, verified without the server, and a changed entry is named", () => {
    expect(holdfast(["audit", "export", "--format", "tiles", "out"]).code).toBe(0);
    const key = holdfast(["audit", "key"]).out.trim();
    expect(holdfast(["audit", "verify", "--export", "out", "--key", key])).toMatchObject({ code: 0, err: "" });
    const size = Number(readFileSync(join(folder, "out/checkpoint"), "utf8").split("\n")[1]);
    const bundle = join(folder, `out/tile/entries/000.p/${size}`);
    writeFileSync(bundle, readFileSync(bundle, "latin1").replace("secret.put", "secret.pub"), "latin1");
    const spoiled = holdfast(["audit", "verify", "--export", "out", "--key", key]);
    expect(spoiled).toMatchObject({ code: 1, out: expect.stringMatching(/^bad {2}entry \d+: /) as string });
  });

  it("verifies offline when the server is stopped", async () => {
    await server.stop();
    expect(holdfast(["audit", "verify", "--state"])).toMatchObject({ code: 0, err: "" });
    expect(holdfast(["audit", "verify", "--data-dir", "none"]).code).toBe(1);
    expect(holdfast(["get", "a/1"]).code).toBe(6);
    server = await startServer({ dataDir: server.dataDir });
    expect(holdfast(["get", "a/1"]).out).toBe("value");
  });
});
