import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPassphrase } from "./read-passphrase.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-passphrase-"));
  mkdirSync(join(folder, "data"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const read = (path: string, content?: string | Buffer, mode = 0o600) => {
  if (content !== undefined) writeFileSync(join(folder, path), content, { mode });
  const places = { program: "holdfast-agent", folder: join(folder, "data"), environment: {} };
  return readPassphrase({ kind: "file", path: join(folder, path) }, places);
};

const failing = (reason: string) => ({ kind: "failed", reason: expect.stringContaining(reason) as string });

describe("the passphrase of sealed files", () => {
  it("is the line of a file, as it stands", async () => {
    expect(await read("a", "correct horse ü \n")).toEqual({ kind: "found", secret: "correct horse ü " });
  });

  it.each([
    ["short", "hunter2\n", "fewer than 12 characters"],
    ["empty", "\n", "is empty"],
    ["long", "x".repeat(1_025), "more than 1024 bytes"],
    ["no text", Buffer.from("ff".repeat(32), "hex"), "no UTF-8 text"],
  ])("is none that is %s", async (_, content, reason) => {
    expect(await read("a", content)).toEqual(failing(reason));
  });

  it("is none that others can read, and none that is not there", async () => {
    expect(await read("a", "correct horse battery", 0o640)).toEqual(failing("is open to others"));
    expect(await read("none")).toEqual({ kind: "absent" });
  });

  it("is none that is copied together with what it opens, whatever its name is", async () => {
    expect(await read("data/a", "correct horse battery")).toEqual(failing("lies in the folder that it protects"));
    symlinkSync(join(folder, "data/a"), join(folder, "link"));
    expect(await read("link")).toEqual(failing("lies in the folder that it protects"));
    mkdirSync(join(folder, "data-of-others"));
    expect(await read("data-of-others/a", "correct horse battery")).toMatchObject({ kind: "found" });
  });

  it("comes from systemd's credentials by its name, and from nowhere else", async () => {
    writeFileSync(join(folder, "holdfast-agent.passphrase"), "correct horse battery\n", { mode: 0o440 });
    const reference = { kind: "credential", name: "passphrase" } as const;
    const places = { program: "holdfast-agent", folder: join(folder, "data") };
    expect(await readPassphrase(reference, { ...places, environment: { CREDENTIALS_DIRECTORY: folder } })).toEqual({
      kind: "found",
      secret: "correct horse battery",
    });
    expect(await readPassphrase(reference, { ...places, environment: {} })).toEqual(
      failing("hands over no credentials"),
    );
  });
});
