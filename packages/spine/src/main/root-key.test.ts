import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex, toHex } from "@holdfast/kernel/bytes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDataFolder } from "@holdfast/runtime";
import type { LedgerFolder } from "./ledger-place.ts";
import { readOrCreateRootKey } from "./root-key.ts";

const LAYOUT = {
  program: "server",
  setting: "HOLDFAST_DATA_DIR",
  files: { database: "holdfast.db", rootKey: "root.key", checkpoint: "checkpoint" },
} as const;
const HEX = "0f".repeat(32);

let place: string;
let folder: LedgerFolder;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "holdfast-root-key-"));
  folder = openDataFolder(join(place, "data"), LAYOUT);
});

afterEach(() => {
  rmSync(place, { recursive: true, force: true });
});

function keyFile(text: string, mode = 0o600): string {
  const path = join(place, "key");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe("the root key", () => {
  it("is made once, for its owner alone, where there is no ledger yet", () => {
    const made = readOrCreateRootKey(folder);
    expect(made).toHaveLength(32);
    expect(readFileSync(folder.rootKey, "utf8")).toBe(`${toHex(made)}\n`);
    expect(statSync(folder.rootKey).mode & 0o777).toBe(0o600);
    expect(toHex(readOrCreateRootKey(folder, { kind: "development" }, true))).toBe(toHex(made));
  });

  it("is never made for a ledger that there is already", () => {
    expect(() => readOrCreateRootKey(folder, { kind: "development" }, true)).toThrow(
      expect.objectContaining({ exitCode: 15, hint: expect.stringContaining("HOLDFAST_ROOT_KEY_FILE") as string }),
    );
    expect(existsSync(folder.rootKey)).toBe(false);
  });

  it("of a setting goes before the one in the folder, which is left alone", () => {
    readOrCreateRootKey(folder);
    expect(readOrCreateRootKey(folder, { kind: "environment", hex: HEX })).toEqual(fromHex(HEX));
    expect(readOrCreateRootKey(folder, { kind: "file", path: keyFile(`${HEX.toUpperCase()}\n`) })).toEqual(
      fromHex(HEX),
    );
    expect(readdirSync(folder.path).sort()).toEqual([".gitignore", "root.key"]);
  });

  it.each([
    ["others can read", () => keyFile(HEX, 0o640), "can be read by others"],
    ["is missing", () => join(place, "nowhere"), "is missing"],
    ["is too short", () => keyFile(HEX.slice(2)), "is not 32 bytes"],
  ])("in a file that %s is refused", (_, path, sentence) => {
    expect(() => readOrCreateRootKey(folder, { kind: "file", path: path() })).toThrow(
      expect.objectContaining({ exitCode: 15, message: expect.stringContaining(sentence) as string }),
    );
  });

  it("is not repeated when it is refused", () => {
    const hex = `${HEX.slice(1)}x`;
    expect(() => readOrCreateRootKey(folder, { kind: "environment", hex })).toThrow(
      expect.objectContaining({ exitCode: 15, message: expect.not.stringContaining("0f0f") as string }),
    );
  });

  it("leaves nothing behind of a process that was killed while it was written", () => {
    writeFileSync(`${folder.rootKey}.4711.partial`, "0f");
    readOrCreateRootKey(folder);
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });
});
