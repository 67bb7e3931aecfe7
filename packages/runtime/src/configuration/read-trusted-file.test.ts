import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bounds } from "./bounds.ts";
import { readTrustedFile } from "./read-trusted-file.ts";

const isRoot = process.geteuid?.() === 0;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-trusted-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, mode = 0o644, text = "a: 1\n"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const problemOf = (path: string, uid?: number) => {
  const read = uid === undefined ? readTrustedFile(path) : readTrustedFile(path, { uid });
  return read.ok ? undefined : read;
};

describe("a file that steers a process", () => {
  it("is read when nobody else can write it, also through a link", () => {
    const path = file("good.yaml");
    symlinkSync(path, join(folder, "link.yaml"));
    expect(readTrustedFile(path)).toEqual({ ok: true, text: "a: 1\n" });
    expect(readTrustedFile(join(folder, "link.yaml"))).toEqual({ ok: true, text: "a: 1\n" });
  });

  it.each([0o666, 0o646, 0o602])("is refused with mode %o", (mode) => {
    const path = file("open.yaml", mode);
    expect(problemOf(path)).toMatchObject({ code: "unsafe_file", hint: `chmod go-w ${path}` });
  });

  it("is refused where a link leads to a file that others can write", () => {
    mkdirSync(join(folder, "elsewhere"));
    const target = file("elsewhere/open.yaml", 0o666);
    symlinkSync(target, join(folder, "link.yaml"));
    expect(problemOf(join(folder, "link.yaml"))).toMatchObject({
      code: "unsafe_file",
      message: expect.stringContaining(target) as string,
    });
  });

  it("is refused below a folder that others can write, unless it is sticky", () => {
    mkdirSync(join(folder, "shared"));
    mkdirSync(join(folder, "shared/inner"));
    const path = file("shared/inner/a.yaml");
    chmodSync(join(folder, "shared"), 0o777);
    expect(problemOf(path)).toMatchObject({
      code: "unsafe_file",
      message: expect.stringContaining(`its folder ${join(folder, "shared")} can be written`) as string,
    });
    chmodSync(join(folder, "shared"), 0o1777);
    expect(problemOf(path)).toBeUndefined();
  });

  it.skipIf(!isRoot)("of a group is taken only where the group is the user's own (needs root)", () => {
    const path = file("group.yaml", 0o664);
    expect(problemOf(path)).toMatchObject({ code: "unsafe_file" });
    chownSync(path, 4_711, 4_711);
    expect(problemOf(path, 4_711)).toBeUndefined();
    chownSync(path, 4_711, 4_712);
    expect(problemOf(path, 4_711)).toMatchObject({ code: "unsafe_file" });
  });

  it.skipIf(!isRoot)("is refused when another user owns it, or a folder above it (needs root)", () => {
    const path = file("theirs.yaml");
    chownSync(path, 4_711, 4_711);
    expect(problemOf(path)).toMatchObject({ code: "unsafe_file", hint: `chown root ${path}` });
    expect(problemOf(path, 4_711)).toBeUndefined();
    chownSync(path, 0, 0);
    chownSync(folder, 4_711, 4_711);
    expect(problemOf(path)).toMatchObject({ code: "unsafe_file" });
  });

  it("is refused without waiting when it is a pipe, and when it is a folder or missing", () => {
    spawnSync("mkfifo", [join(folder, "pipe.yaml")]);
    mkdirSync(join(folder, "folder.yaml"));
    symlinkSync("round.yaml", join(folder, "round.yaml"));
    const reasons = ["pipe.yaml", "folder.yaml", "absent.yaml", "round.yaml"].map((name) =>
      problemOf(join(folder, name)),
    );
    expect(reasons.map((reason) => reason?.message)).toEqual([
      "the file is not used: it is no regular file",
      "the file is not used: it is no regular file",
      "the file is not used: it is missing",
      "the file is not used: it cannot be read (ELOOP)",
    ]);
  });

  it("is refused when it is too large or no text", () => {
    expect(problemOf(file("large.yaml", 0o644, "#".repeat(bounds.maxFileBytes + 1)))).toMatchObject({
      code: "too_large",
    });
    expect(problemOf(file("full.yaml", 0o644, "#".repeat(bounds.maxFileBytes)))).toBeUndefined();
    const binary = file("binary.yaml");
    writeFileSync(binary, Buffer.from([0x61, 0xff]));
    expect(problemOf(binary)).toMatchObject({ message: "the file is not used: it is not UTF-8" });
  });

  it.skipIf(process.platform !== "linux")("is read to its end where it tells no size (needs Linux)", () => {
    expect(readTrustedFile("/proc/version", { uid: 0 }).ok).toBe(true);
  });

  it("is not checked where the platform knows no owners", () => {
    expect(readTrustedFile(file("open.yaml", 0o666), { uid: undefined }).ok).toBe(true);
  });
});
