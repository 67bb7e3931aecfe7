import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { fileStore, type FileStoreOptions, type SealedInPlace } from "./file-store.ts";
import { replaceSecretFile } from "./replace-secret-file.ts";
import { rootKeyForm } from "./root-key.ts";
import { sealerOf } from "./sealer.fixture.ts";

const isRoot = process.geteuid?.() === 0;
const here = { machineId: "a" };
const hex = "0f".repeat(32);

let folder: string;
let path: string;
let isMounted = false;
let told: [string, SealedInPlace][];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-sealed-"));
  path = join(folder, "root.key");
  told = [];
});

afterEach(() => {
  if (isMounted) spawnSync("umount", [folder]);
  isMounted = false;
  rmSync(folder, { recursive: true, force: true });
});

function storeOf(sources: Parameters<typeof sealerOf>[0] = here, options: Partial<FileStoreOptions> = {}) {
  return fileStore({
    folder,
    files: { "root-key": path },
    forms: { "root-key": rootKeyForm },
    sealer: sealerOf(sources),
    onSealed: (at, outcome) => told.push([at, outcome]),
    ...options,
  });
}

const plain = (content = `${hex}\n`, mode = 0o600) => writeFileSync(path, content, { mode });
const text = () => readFileSync(path, "utf8");
const found = { kind: "found", secret: hex };
const failing = (reason: string) => ({ kind: "failed", reason: expect.stringContaining(reason) as string });

describe("secrets in files", () => {
  it("are sealed when they are written, for their owner alone, and never in place of another", async () => {
    expect(await storeOf().write!("root-key", hex)).toEqual({ ok: true });
    expect(text()).toMatch(/^holdfast-sealed-file\/1\nbound-to: machine-id\n/);
    expect(text()).not.toContain(hex);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["root.key"]);
    expect(await storeOf().read("root-key")).toEqual(found);
    expect(await storeOf().write!("root-key", "other")).toMatchObject({ ok: false });
    expect(told).toEqual([]);
  });

  it("say what protects them, by what seals them", () => {
    const of = (sources: Parameters<typeof sealerOf>[0]) => storeOf(sources).description;
    expect(of(here)).toContain("bound to this host (machine-id): a copy of the folder alone opens nowhere else; root");
    expect(of({ ...here, productUuid: "b" })).toContain("a copy of the whole disk and the machine's product UUID");
    expect(of({ passphrase: "x" })).toContain("encrypted under a passphrase");
    expect(of({})).toContain("not encrypted: there is no passphrase, and this host has no id to seal them to");
  });
});

/** A file system of three pages, which this test may only make where it is root of a whole machine. */
function smallDisk(): boolean {
  isMounted = isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", "size=12k,mode=700", "none", folder]).status === 0;
  return isMounted;
}

describe("a full disk", () => {
  it("costs no secret and leaves nothing half (needs root and mount)", async (context) => {
    if (!smallDisk()) context.skip("needs root and mount");
    plain();
    // As much as there is.
    expect(() => writeFileSync(join(folder, "fill"), "x".repeat(1_000_000))).toThrow("ENOSPC");
    expect(await storeOf().read("root-key")).toEqual(found);
    expect(text()).toBe(`${hex}\n`);
    expect(told).toEqual([[path, { ok: false, was: "plain", reason: expect.stringContaining("ENOSPC") as string }]]);
    expect(await storeOf().write!("on-call", hex)).toMatchObject({ ok: false });
    expect(readdirSync(folder).toSorted()).toEqual(["fill", "root.key"]);
    rmSync(join(folder, "fill"));
    expect(await storeOf().read("root-key")).toEqual(found);
    expect(text()).toContain("bound-to: machine-id");
  });
});

describe("a plain file of before", () => {
  it("is read and sealed where it lies, once, and that is told", async () => {
    plain();
    expect(await storeOf().read("root-key")).toEqual(found);
    expect(text()).not.toContain(hex);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await storeOf().read("root-key")).toEqual(found);
    expect(told).toEqual([[path, { ok: true, was: "plain", binding: "machine-id" }]]);
    expect(readdirSync(folder)).toEqual(["root.key"]);
  });

  it("may be any secret that an operator puts there", async () => {
    writeFileSync(join(folder, "on-call"), "hunter2 ü\r\n", { mode: 0o600 });
    expect(await storeOf().read("on-call")).toEqual({ kind: "found", secret: "hunter2 ü" });
    expect(readFileSync(join(folder, "on-call"), "utf8")).toContain("bound-to: machine-id");
    expect(await storeOf().read("on-call")).toEqual({ kind: "found", secret: "hunter2 ü" });
  });

  it("stays as it is for whoever only looks, and on a host without an id", async () => {
    plain();
    expect(await storeOf(here, { isReadOnly: true }).read("root-key")).toEqual(found);
    expect(await storeOf({}).read("root-key")).toEqual(found);
    expect(text()).toBe(`${hex}\n`);
    expect(told).toEqual([]);
  });

  it("that is no key stays as it is, so that its owner can see what it is", async () => {
    plain("hunter2\n");
    expect(await storeOf().read("root-key")).toEqual({ kind: "found", secret: "hunter2" });
    expect(text()).toBe("hunter2\n");
  });

  it("that cannot be replaced is used and left whole, and that is told", async () => {
    // No name is left for the file that would take its place.
    path = join(folder, "k".repeat(240));
    plain();
    expect(await storeOf().read("root-key")).toEqual(found);
    expect(text()).toBe(`${hex}\n`);
    expect(told).toEqual([
      [path, { ok: false, was: "plain", reason: expect.stringContaining("ENAMETOOLONG") as string }],
    ]);
  });

  it("leaves nothing of what killed programs began to write, and nothing that is being written is touched", async () => {
    const old = join(folder, "root.key.1.partial");
    writeFileSync(old, hex);
    utimesSync(old, 1, 1);
    writeFileSync(join(folder, "root.key.2.partial"), hex);
    plain();
    await storeOf().read("root-key");
    expect(readdirSync(folder).toSorted()).toEqual(["root.key", "root.key.2.partial"]);
  });
});

describe("a sealed file", () => {
  const sealed = async (sources: Parameters<typeof sealerOf>[0] = here) => {
    await storeOf(sources).write!("root-key", hex);
    return text();
  };

  it("is sealed anew when a passphrase comes, changes or goes", async () => {
    const [one, two] = ["correct horse battery", "another horse battery"];
    await sealed();
    const steps = [
      [{ ...here, passphrase: one }, "passphrase"],
      [{ machineId: "of another host", passphrase: two, previousPassphrase: one }, "passphrase"],
      [{ machineId: "of another host", previousPassphrase: two }, "machine-id"],
    ] as const;
    for (const [sources, binding] of steps) {
      expect(await storeOf(sources).read("root-key")).toEqual(found);
      expect(told.at(-1)).toEqual([path, { ok: true, was: "sealed", binding }]);
    }
    expect(await storeOf().read("root-key")).toMatchObject(failing("is sealed to another host"));
    expect(await storeOf({ machineId: "of another host" }).read("root-key")).toEqual(found);
    expect(told).toHaveLength(3);
  });

  it.each([
    ["on another host", here, { machineId: "b" }, "is sealed to another host than this one"],
    ["with a wrong passphrase", { passphrase: "a" }, { passphrase: "b" }, "does not open with the passphrase"],
    ["without its passphrase", { passphrase: "a" }, here, "is sealed under a passphrase, and none is given"],
  ])("is refused %s with what to do, and stays as it is", async (_, before, now, reason) => {
    const was = await sealed(before);
    const read = await storeOf(now).read("root-key");
    expect(read).toMatchObject({ ...failing(reason), hint: expect.stringMatching(/\w{4}/) as string });
    expect(await storeOf(now).write!("root-key", "00".repeat(32))).toMatchObject({ ok: false });
    expect(text()).toBe(was);
    expect(await storeOf(before).read("root-key")).toEqual(found);
  });

  it("is refused when it is damaged, cut off or empty, and stays as it is", async () => {
    const whole = await sealed();
    for (const spoilt of [whole.slice(1), whole.slice(0, -1), whole.slice(0, 4), whole.replace("bound", "Bound"), ""]) {
      writeFileSync(path, spoilt);
      expect(await storeOf().read("root-key")).toMatchObject({ kind: "failed" });
      expect(text()).toBe(spoilt);
    }
    writeFileSync(path, "x".repeat(65_537));
    expect(await storeOf().read("root-key")).toEqual(failing("has more than 65536 bytes"));
    expect(told).toEqual([]);
  });

  it.each([
    ["of zeros, as some disks leave one after a power cut", () => Buffer.alloc(450)],
    ["in another encoding", (sealed: string) => Buffer.from(sealed, "utf16le")],
    ["of other bytes", () => Buffer.from([0xff, 0x80, 0x41])],
  ])("is no plain secret %s, and stays as it is", async (_, damaged) => {
    const store = storeOf();
    await store.write?.("on-call", "geheim");
    const at = join(folder, "on-call");
    const bytes = damaged(readFileSync(at, "utf8"));
    writeFileSync(at, bytes);
    expect(await store.read("on-call")).toMatchObject({ kind: "failed" });
    expect([readFileSync(at).equals(bytes), told]).toEqual([true, []]);
  });

  it("does not open under another name (ATTACKS 29)", async () => {
    await sealed();
    linkSync(path, join(folder, "on-call"));
    expect(await storeOf().read("on-call")).toMatchObject({ kind: "failed" });
  });
});

describe("a file that is not the owner's alone", () => {
  it("is refused when others can read it, be it sealed or plain", async () => {
    plain();
    chmodSync(path, 0o640);
    expect(await storeOf().read("root-key")).toEqual(failing("is open to others (chmod 600"));
    expect(text()).toBe(`${hex}\n`);
    rmSync(path);
    await storeOf().write!("root-key", hex);
    chmodSync(path, 0o604);
    expect(await storeOf().read("root-key")).toEqual(failing("is open to others"));
  });

  it("is refused when it is a link, and what that leads to stays as it is (ATTACKS 23)", async () => {
    const target = join(folder, "target");
    writeFileSync(target, `${hex}\n`, { mode: 0o600 });
    symlinkSync(target, path);
    expect(await storeOf().read("root-key")).toEqual(failing("is a link"));
    expect(await storeOf().write!("root-key", hex)).toMatchObject({ ok: false });
    expect(readFileSync(target, "utf8")).toBe(`${hex}\n`);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  });

  it.skipIf(!isRoot)("is refused when it is another user's than the folder's (needs root)", async () => {
    plain();
    chownSync(path, 61_234, 61_234);
    expect(await storeOf().read("root-key")).toEqual(failing("belongs to another user (uid 61234)"));
    // Root looks into a folder of that user.
    chownSync(folder, 61_234, 61_234);
    expect(await storeOf(here, { isReadOnly: true }).read("root-key")).toEqual(found);
  });

  it("is refused when it is a folder", async () => {
    mkdirSync(path, { mode: 0o700 });
    expect(await storeOf().read("root-key")).toEqual(failing("is no regular file"));
  });
});

describe("a file that takes the place of another", () => {
  const seen = () => statSync(path, { bigint: true });

  it("does not when somebody wrote the other one meanwhile", () => {
    plain();
    const before = seen();
    writeFileSync(path, "of the operator");
    expect(replaceSecretFile(path, "sealed", before)).toEqual({ ok: false, reason: `${path} was written meanwhile` });
    rmSync(path);
    expect(replaceSecretFile(path, "sealed", before)).toMatchObject({ ok: false });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is there whole, or the other one is, whenever its writer is killed", { timeout: 60_000 }, async () => {
    const [one, other] = ["1".repeat(40_000), "2".repeat(40_000)];
    writeFileSync(path, one, { mode: 0o600 });
    const script = `
      import { statSync } from "node:fs";
      import { replaceSecretFile } from ${JSON.stringify(join(import.meta.dirname, "replace-secret-file.ts"))};
      const path = ${JSON.stringify(path)};
      for (let turn = 0; ; turn++) {
        const content = String(1 + turn % 2).repeat(40_000);
        const written = replaceSecretFile(path, content, statSync(path, { bigint: true }));
        if (!written.ok) throw new Error(written.reason);
        console.log(turn);
      }`;
    for (let round = 1; round <= 8; round++) {
      const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      let turns = 0;
      for await (const _ of createInterface(child.stdout)) if (++turns === round * 3) child.kill("SIGKILL");
      if (child.signalCode === null && child.exitCode === null) await once(child, "exit");
      expect(child.signalCode).toBe("SIGKILL");
      expect([one, other]).toContain(text());
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
  });
});
