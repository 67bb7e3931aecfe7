import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scene, stage } from "../../context.fixture.ts";
import { Failure } from "../../failure.ts";
import { version } from "../../version.ts";
import { folderCheck } from "./checks-of-folder.ts";
import { clockCheck, placeCheck, serverCheck, tlsCheck } from "./checks-of-server.ts";
import { selfCheck } from "./self-check.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-check-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const given = { arguments: [], options: {} };
const at = (scene: Scene = {}, options: Record<string, string> = {}) => stage(scene, { ...given, options }).context;
const working = { version, features: [{ name: "x", state: "degraded", detail: "d" }], ledger: { size: 3 } };

describe("self-check", () => {
  it("finds a data folder, or a file in it, that is open to others", () => {
    const check = () => folderCheck(at(), folder);
    writeFileSync(join(folder, "root.key"), "", { mode: 0o600 });
    writeFileSync(join(folder, "ca.pem"), "", { mode: 0o644 });
    expect(check()).toMatchObject({ state: "ok" });
    chmodSync(join(folder, "root.key"), 0o640);
    expect(check()).toMatchObject({
      state: "wrong",
      detail: expect.stringContaining("root.key is open to others") as string,
    });
    chmodSync(folder, 0o755);
    expect(check()).toMatchObject({ state: "wrong", detail: `${folder} is open to others (mode 755)` });
  });

  it("finds a CA file that anybody may replace", () => {
    writeFileSync(join(folder, "ca.pem"), "");
    chmodSync(join(folder, "ca.pem"), 0o666);
    expect(folderCheck(at(), folder)).toMatchObject({ state: "wrong" });
  });

  it("has nothing to say of a data folder that is not there", () => {
    expect(folderCheck(at(), join(folder, "none"))).toMatchObject({ state: "unavailable" });
  });

  it("says why a place cannot be used", async () => {
    expect(await placeCheck(at({ workingFolder: folder }, { socket: "none" }))).toMatchObject({ state: "wrong" });
    expect(await placeCheck(at({}, { address: "https://host:1" }))).toMatchObject({
      state: "ok",
      detail: "https://host:1",
    });
  });

  it("reads the CA that would be trusted", () => {
    writeFileSync(join(folder, "ca.pem"), "nonsense");
    const options = { address: "https://host", cacert: join(folder, "ca.pem") };
    expect(tlsCheck(at({}, options))).toMatchObject({ state: "wrong" });
    expect(tlsCheck(at({}, { address: "https://host" }))).toMatchObject({ state: "ok" });
    expect(tlsCheck(at())).toMatchObject({ state: "unavailable" });
  });

  it("compares versions, and names features that are not there", async () => {
    expect(await serverCheck(at({ answer: () => working }))).toMatchObject({
      state: "ok",
      detail: expect.stringContaining("x degraded") as string,
    });
    expect(await serverCheck(at({ answer: () => ({ ...working, version: "9.9.9" }) }))).toMatchObject({
      state: "wrong",
    });
  });

  it("compares clocks by the entry that it leaves itself", async () => {
    const entryAt = (time: string) => (name: string) => (name === "status" ? working : { items: [{ time }] });
    expect(await clockCheck(at({ answer: entryAt(new Date().toISOString()) }))).toMatchObject({ state: "ok" });
    expect(await clockCheck(at({ answer: entryAt("2020-01-01T00:00:00Z") }))).toMatchObject({ state: "wrong" });
    const denied = () => {
      throw new Failure(4, "denied");
    };
    expect(await clockCheck(at({ answer: denied }))).toMatchObject({
      state: "unavailable",
      detail: expect.stringContaining("audit::read is needed") as string,
    });
    const failing = () => {
      throw new Failure(8, "The server cannot read its data at the moment.");
    };
    expect(await clockCheck(at({ answer: failing }))).toMatchObject({
      state: "unavailable",
      detail: "the newest entry cannot be read (The server cannot read its data at the moment.)",
    });
  });

  it("shows what is wrong, exits with 1 for it, and shows the rest when asked", async () => {
    const staged = stage({ answer: () => ({ ...working, version: "9.9.9" }), workingFolder: folder }, given);
    expect(await selfCheck.run(staged.context, given)).toBe(1);
    expect(staged.out()).toContain(`wrong  server: has version 9.9.9, this command ${version}`);
    expect(staged.out()).not.toContain("ok  node");
    const verbose = stage({ answer: () => working, workingFolder: folder }, given);
    await selfCheck.run(verbose.context, { ...given, options: { verbose: true } });
    expect(verbose.out()).toContain("ok  node: ");
  });
});
