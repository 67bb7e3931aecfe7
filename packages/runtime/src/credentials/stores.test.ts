import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Availability, CredentialStore } from "./credential-store.ts";
import { MAX_SECRET_BYTES } from "./credential-store.ts";
import { fileStore } from "./file-store.ts";
import { keychainStore } from "./keychain-store.ts";
import { missingForKeyring, startKeyring } from "./keyring.fixture.ts";
import { findTool, runTool } from "./run-tool.ts";
import { secretServiceStore } from "./secret-service-store.ts";
import { sealerOf } from "./sealer.fixture.ts";
import { systemdCredsStore } from "./systemd-creds-store.ts";
import { systemdStore } from "./systemd-store.ts";

const isRoot = process.geteuid?.() === 0;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-credentials-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function storeOf(availability: Availability): CredentialStore {
  if (!availability.isAvailable) throw new Error(availability.why);
  return availability.store;
}

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}`);
  chmodSync(path, 0o755);
  return path;
}

/** Of a host that has no id. */
const plainStore = (at: string, files: Readonly<Record<string, string>> = {}) =>
  fileStore({ folder: at, files, sealer: sealerOf({}) });

describe("secrets in files of a host without an id", () => {
  it("are kept for their owner alone, whole or not at all, and never replaced", async () => {
    const store = plainStore(join(folder, "new"), { "root-key": join(folder, "root.key") });
    expect(await store.read("hook")).toEqual({ kind: "absent" });
    expect(await store.write!("hook", "hunter2")).toEqual({ ok: true });
    expect(await store.write!("hook", "other")).toEqual({ ok: false, reason: `${folder}/new/hook is there already` });
    expect(await store.read("hook")).toEqual({ kind: "found", secret: "hunter2" });
    expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "new/hook")).mode & 0o777).toBe(0o600);
    expect(await store.write!("root-key", "aa")).toEqual({ ok: true });
    expect(readFileSync(join(folder, "root.key"), "utf8")).toBe("aa\n");
    expect(store.description).toContain("not encrypted");
  });

  it.each([
    ["is open to others", () => chmodSync(join(folder, "a"), 0o640), "is open to others"],
    ["is empty", () => writeFileSync(join(folder, "a"), "\n"), "is empty"],
    ["is too large", () => writeFileSync(join(folder, "a"), "x".repeat(MAX_SECRET_BYTES + 1)), "more than 16384 bytes"],
    [
      "is a folder",
      () => {
        rmSync(join(folder, "a"));
        mkdirSync(join(folder, "a"), { mode: 0o700 });
      },
      "is no regular file",
    ],
    [
      "is a pipe",
      () => {
        rmSync(join(folder, "a"));
        spawnSync("mkfifo", ["-m", "600", join(folder, "a")]);
      },
      "is no regular file",
    ],
  ])("are refused when the file %s", async (_, spoil, sentence) => {
    writeFileSync(join(folder, "a"), "hunter2", { mode: 0o600 });
    spoil();
    const read = await plainStore(folder).read("a");
    expect(read).toMatchObject({ kind: "failed", reason: expect.stringContaining(sentence) as string });
  });

  it("says where it cannot write", async () => {
    writeFileSync(join(folder, "file"), "");
    expect(await plainStore(join(folder, "file")).write!("a", "b")).toMatchObject({
      ok: false,
      reason: expect.stringContaining("cannot be written (ENOTDIR)") as string,
    });
  });
});

describe("credentials that systemd hands over", () => {
  it("are read by the name that the unit gives them, whatever their mode bits say", async () => {
    writeFileSync(join(folder, "holdfast-agent.root-key"), "aa\n", { mode: 0o440 });
    const store = storeOf(systemdStore("holdfast-agent", { CREDENTIALS_DIRECTORY: folder }));
    expect(await store.read("root-key")).toEqual({ kind: "found", secret: "aa" });
    expect(await store.read("other")).toEqual({ kind: "absent" });
    expect(store.write).toBeUndefined();
    expect(store.howToProvide("root-key")).toContain("LoadCredentialEncrypted=holdfast-agent.root-key");
  });

  it.each([{}, { CREDENTIALS_DIRECTORY: "" }, { CREDENTIALS_DIRECTORY: "relative" }])(
    "are none with %j",
    (environment) => {
      expect(systemdStore("holdfast-agent", environment).isAvailable).toBe(false);
    },
  );
});

const systemdCredsProblem = !isRoot
  ? "needs root"
  : findTool("systemd-creds") === undefined
    ? "needs systemd-creds"
    : undefined;

describe("files that systemd-creds encrypts", () => {
  it.skipIf(systemdCredsProblem !== undefined)(
    `hold a secret that opens under its own name only (${systemdCredsProblem ?? "run"})`,
    async () => {
      const environment = { SYSTEMD_CREDENTIAL_SECRET: join(folder, "host.secret") };
      const data = join(folder, "data");
      const store = storeOf(systemdCredsStore("holdfast-agent", { folder: data, environment, uid: 0 }));
      expect(await store.read("root-key")).toEqual({ kind: "absent" });
      expect(await store.write!("root-key", "hunter2")).toEqual({ ok: true });
      expect(readFileSync(join(data, "root-key.cred"), "utf8")).not.toContain("hunter2");
      expect(await store.read("root-key")).toEqual({ kind: "found", secret: "hunter2" });
      expect(await store.write!("root-key", "other")).toMatchObject({ ok: false });
      // A ciphertext under another name (ATTACKS 29), and one of another host.
      writeFileSync(join(data, "hook.cred"), readFileSync(join(data, "root-key.cred")), { mode: 0o600 });
      expect(await store.read("hook")).toMatchObject({ kind: "failed" });
      rmSync(join(folder, "host.secret"));
      expect(await store.read("root-key")).toMatchObject({ kind: "failed" });
    },
  );

  it("are for root, and where the tool is", () => {
    const places = { folder, environment: {}, uid: 1_000 };
    const found = systemdCredsStore("holdfast-agent", { ...places, toolFolders: [folder] });
    expect(found).toMatchObject({ isAvailable: false, why: expect.stringContaining("not installed") as string });
    script("systemd-creds", "exit 1");
    const asUser = systemdCredsStore("holdfast-agent", { ...places, toolFolders: [folder] });
    expect(asUser).toMatchObject({ isAvailable: false, why: expect.stringContaining("only root") as string });
  });

  it("are refused when the tool fails, in its own words", async () => {
    script("systemd-creds", 'echo "no key\nmore" >&2; exit 3');
    const store = storeOf(
      systemdCredsStore("holdfast-agent", { folder, environment: {}, uid: 0, toolFolders: [folder] }),
    );
    writeFileSync(join(folder, "a.cred"), "x");
    expect(await store.read("a")).toMatchObject({ reason: expect.stringMatching(/: no key$/) as string });
    expect(await store.write!("b", "c")).toEqual({ ok: false, reason: "systemd-creds cannot encrypt: no key" });
  });
});

const keyringTools = missingForKeyring();

describe("the Secret Service", () => {
  it.skipIf(keyringTools.length > 0)(
    `keeps and gives back secrets of each agent apart (needs ${keyringTools.join(", ") || "nothing more"})`,
    { timeout: 30_000 },
    async () => {
      const keyring = await startKeyring(folder);
      onTestFinished(() => keyring.stop());
      const { environment } = keyring;
      const store = storeOf(secretServiceStore("holdfast-agent", { folder: "/var/lib/a gent's", environment }));
      await vi.waitFor(async () => expect(await store.read("root-key")).toEqual({ kind: "absent" }), 10_000);
      expect(await store.write!("root-key", "hunter2 ü")).toEqual({ ok: true });
      expect(await store.read("root-key")).toEqual({ kind: "found", secret: "hunter2 ü" });
      const other = storeOf(secretServiceStore("holdfast-agent", { folder: "/other", environment }));
      expect(await other.read("root-key")).toEqual({ kind: "absent" });
      // The way that an operator is told is one that works.
      const [command = ""] = store.howToProvide("hook").split(", with the secret");
      spawnSync("sh", ["-c", command], { input: "by hand", env: { ...environment, PATH: "/usr/bin:/bin" } });
      expect(await store.read("hook")).toEqual({ kind: "found", secret: "by hand" });
    },
  );

  it.skipIf(keyringTools.length > 0)(
    `that does not answer is a failure, not an empty store (needs ${keyringTools.join(", ") || "nothing more"})`,
    async () => {
      const bus = await startKeyring(folder, { withKeyring: false });
      const store = storeOf(secretServiceStore("holdfast-agent", { folder, environment: bus.environment }));
      expect(await store.read("root-key")).toMatchObject({ kind: "failed" });
      expect(await store.write!("root-key", "hunter2")).toMatchObject({ ok: false });
      await bus.stop();
      expect(await store.read("root-key")).toMatchObject({ kind: "failed" });
    },
  );

  it("is none without a session or without its tool", () => {
    expect(secretServiceStore("a", { folder, environment: {}, toolFolders: [folder] })).toMatchObject({
      why: "secret-tool is not installed (libsecret-tools)",
    });
    script("secret-tool", "exit 1");
    for (const environment of [{}, { DBUS_SESSION_BUS_ADDRESS: "" }, { XDG_RUNTIME_DIR: folder }]) {
      expect(secretServiceStore("a", { folder, environment, toolFolders: [folder] })).toMatchObject({
        why: "there is no D-Bus session",
      });
    }
  });

  it("gets a secret on standard input alone (ATTACKS 47)", async () => {
    const seen = join(folder, "seen");
    script("secret-tool", `printf '%s\\n' "$@" >> ${seen}; env >> ${seen}; cat > ${folder}/input`);
    const environment = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere", OTHER: "hunter2" };
    const store = storeOf(secretServiceStore("a", { folder, environment, toolFolders: [folder] }));
    expect(await store.write!("root-key", "hunter2")).toEqual({ ok: true });
    expect(readFileSync(seen, "utf8")).not.toContain("hunter2");
    expect(readFileSync(join(folder, "input"), "utf8")).toBe("hunter2");
  });
});

/** Behaves like /usr/bin/security in the two calls that are made of it; a real Keychain needs macOS. */
const security = (seen: string): string => `
printf '%s\\n' "$@" >> ${seen}
if [ "$1" = -i ]; then
  sed -n 's/^add-generic-password -s "\\(.*\\)" -a "\\(.*\\)" -w "\\(.*\\)"$/\\3/p' > "${seen}.item"
  exit 0
fi
[ -s "${seen}.item" ] || { echo "security: SecKeychainSearchCopyNext: not found" >&2; exit 44; }
cat "${seen}.item"
`;

describe("the macOS Keychain", () => {
  const places = () => ({ folder: "/var/lib/agent", platform: "darwin", toolFolders: [folder] }) as const;

  it("gets a secret as an argument of no process (ATTACKS 47; a stand-in for the security tool)", async () => {
    const seen = join(folder, "seen");
    script("security", security(seen));
    const store = storeOf(keychainStore("holdfast-agent", places()));
    expect(await store.read("root-key")).toEqual({ kind: "absent" });
    expect(await store.write!("root-key", "hunter2")).toEqual({ ok: true });
    expect(await store.read("root-key")).toEqual({ kind: "found", secret: "hunter2" });
    expect(readFileSync(seen, "utf8")).toContain("holdfast-agent /var/lib/agent");
    expect(readFileSync(seen, "utf8")).not.toContain("hunter2");
    expect(await store.write!("root-key", 'x" -w "y')).toMatchObject({ ok: false });
  });

  it("is not believed when it does not give back what was stored", async () => {
    script("security", '[ "$1" = -i ] || { echo denied >&2; exit 36; }');
    const store = storeOf(keychainStore("holdfast-agent", places()));
    expect(await store.read("root-key")).toEqual({ kind: "failed", reason: "security: denied" });
    expect(await store.write!("root-key", "aa")).toMatchObject({ ok: false });
  });

  it.each([
    ["linux", "/var/lib/agent", "only macOS has a Keychain"],
    ["darwin", "/var/lib/agent", "the security tool is missing"],
  ] as const)("is none on %s below %s: %s", (platform, where, why) => {
    const found = keychainStore("holdfast-agent", { folder: where, platform, toolFolders: [folder] });
    expect(found).toEqual({ isAvailable: false, why });
  });

  it("is none where the folder's name would end the command", () => {
    script("security", "exit 0");
    expect(keychainStore("a", { ...places(), folder: '/a" -w x\n' }).isAvailable).toBe(false);
  });
});

describe("a tool", () => {
  it("is killed when it does not answer", async () => {
    const tool = script("sleeper", "exec sleep 600");
    expect(await runTool({ tool, args: [], timeoutMs: 50 })).toMatchObject({ kind: "failed" });
  });

  it("may neither say too much nor be missing", async () => {
    const tool = script("talker", "exec head -c 100000 /dev/zero");
    expect(await runTool({ tool, args: [] })).toEqual({ kind: "failed", reason: "it said too much" });
    expect(await runTool({ tool: join(folder, "absent"), args: [] })).toEqual({
      kind: "failed",
      reason: "it cannot be run (ENOENT)",
    });
  });

  it("may end without reading what it was given", async () => {
    const tool = script("deaf", "exit 7");
    const outcome = await runTool({ tool, args: [], input: "x".repeat(1_000_000) });
    expect(outcome).toMatchObject({ kind: "exited", code: 7 });
  });
});
