import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportTiles } from "./export-tiles.ts";
import { ledgerOf, stageLedger, verifierKey } from "./ledger.fixture.ts";
import { tileFolder } from "./tile-folder.ts";
import { verifyExport } from "./verify-export.ts";

const ledger = ledgerOf(1300);
const root = mkdtempSync(join(tmpdir(), "holdfast-export-"));
const whole = join(root, "whole");
const idle = () => {};

beforeAll(() => exportTiles(stageLedger(ledger).context, tileFolder(whole), idle));
afterAll(() => rmSync(root, { recursive: true }));

const verify = async (folder: string, key: string | undefined = verifierKey) =>
  verifyExport(stageLedger(ledger, 0, { env: { XDG_STATE_HOME: root } }).context, folder, key);

describe("an export", () => {
  it("is laid out as C2SP tlog-tiles says", () => {
    const files = readdirSync(whole, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((file) => join(file.parentPath, file.name).slice(whole.length + 1)).sort();
    const numbers = ["000", "001", "002", "003", "004", "005.p/20"];
    expect(paths).toEqual([
      "checkpoint",
      ...numbers.map((number) => `tile/0/${number}`),
      "tile/1/000.p/5",
      ...numbers.map((number) => `tile/entries/${number}`),
    ]);
  });

  it("verifies with the kernel alone", async () => {
    expect(await verify(whole)).toMatchObject({ ok: true, size: 1300 });
  });

  it("continues an earlier one in the same folder", async () => {
    const folder = join(root, "grown");
    await exportTiles(stageLedger(ledger, 300).context, tileFolder(folder), idle);
    expect(await verify(folder)).toMatchObject({ ok: true, size: 300 });
    await exportTiles(stageLedger(ledger, 1300).context, tileFolder(folder), idle);
    expect(await verify(folder)).toMatchObject({ ok: true, size: 1300 });
  });

  it("is refused when the server's ledger is shorter than what was exported before", async () => {
    const folder = join(root, "rolled-back");
    cpSync(whole, folder, { recursive: true });
    const refusal = exportTiles(stageLedger(ledger, 600).context, tileFolder(folder), idle);
    await expect(refusal).rejects.toThrow("holds an export of 1300 entries, but the server's ledger has 600");
  });

  it("is refused when the server's ledger has another past than what was exported before", async () => {
    const folder = join(root, "forked");
    const other = ledgerOf(1400);
    await exportTiles(
      stageLedger({ ...ledger, checkpoint: () => ledger.checkpoint(300) }, 300).context,
      tileFolder(folder),
      idle,
    );
    writeFileSync(join(folder, "checkpoint"), forgedPast());
    await expect(exportTiles(stageLedger(other).context, tileFolder(folder), idle)).rejects.toThrow("entry 299 is bad");
  });

  it("gets no checkpoint when an entry was changed on the way, and says which", async () => {
    const folder = join(root, "changed");
    const entries = ledger.entries.map((entry, seq) =>
      seq === 700 ? Buffer.from(Buffer.from(entry).toString().replace("secret.read", "secret.list")) : entry,
    );
    const staged = stageLedger({ ...ledger, entries });
    await expect(exportTiles(staged.context, tileFolder(folder), idle)).rejects.toThrow("entry 701 is bad");
    expect(existsSync(join(folder, "checkpoint"))).toBe(false);
  });
});

/** A checkpoint of the same log and key over 300 entries with another first one. */
function forgedPast(): string {
  const other = ledgerOf(301);
  return ledgerFrom(other.entries.slice(1)).checkpoint(300);
}

function ledgerFrom(entries: Uint8Array[]) {
  const base = ledgerOf(0);
  base.entries.push(...entries);
  return base;
}

describe("verifying an export", () => {
  const spoiled = async (name: string, spoil: (folder: string) => void) => {
    const folder = join(root, name);
    cpSync(whole, folder, { recursive: true });
    spoil(folder);
    return verify(folder);
  };
  const change = (path: string, from: string, to: string) => (folder: string) => {
    const file = join(folder, path);
    writeFileSync(file, readFileSync(file, "latin1").replace(from, to), "latin1");
  };

  it("names the first bad entry", async () => {
    const verdict = await spoiled("entry", change("tile/entries/002", "secret.read", "secret.list"));
    expect(verdict).toMatchObject({ ok: false, firstBad: { seq: 513, reason: "broken_chain" } });
  });

  it("names the entry from which on a bundle is missing or cut off", async () => {
    const missing = await spoiled("missing", (folder) => rmSync(join(folder, "tile/entries/003")));
    expect(missing).toMatchObject({ ok: false, firstBad: { seq: 768, reason: "missing" } });
    const cut = await spoiled("cut", (folder) => writeFileSync(join(folder, "tile/entries/003"), "x"));
    expect(cut).toMatchObject({ ok: false, firstBad: { seq: 768, reason: "missing" } });
  });

  it("notices a tile that does not follow from the entries", async () => {
    const verdict = await spoiled("tile", (folder) => writeFileSync(join(folder, "tile/0/001"), Buffer.alloc(8192)));
    expect(verdict).toMatchObject({
      ok: false,
      firstBad: { seq: 256, reason: "tile/0/001 is not what the entries come to" },
    });
    const gone = await spoiled("no-tile", (folder) => rmSync(join(folder, "tile/1"), { recursive: true }));
    expect(gone).toMatchObject({ ok: false, firstBad: { reason: "tile/1/000.p/5 is missing" } });
  });

  it("refuses a checkpoint that the key did not sign, and one whose key nobody gave", async () => {
    await expect(spoiled("note", change("checkpoint", "\n1300\n", "\n1299\n"))).rejects.toThrow("does not verify");
    const context = stageLedger(ledger, 0, { env: { XDG_STATE_HOME: root } }).context;
    expect(() => verifyExport(context, whole, undefined)).toThrow("is not known here");
    expect(() => verifyExport(context, join(root, "nothing"), verifierKey)).toThrow("there is no checkpoint");
  });

  it("takes the key that was remembered with a head of the same log", async () => {
    const state = join(root, "state");
    const { context } = stageLedger(ledger, 0, { env: { XDG_STATE_HOME: state } });
    const { rememberedKey, headsFile } = await import("../../state/heads.ts");
    const origin = verifierKey.split("+")[0] as string;
    expect(rememberedKey(origin, context.env)).toBeUndefined();
    writeFileSync(headsFile(context.env), JSON.stringify({ place: { verifierKey, head: { origin } } }));
    expect(verifyExport(context, whole, undefined)).toMatchObject({ ok: true });
  });
});
