import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseCredentialStore, type CredentialStoreSetting } from "./choose-credential-store.ts";
import { sealerOf } from "./sealer.fixture.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-choose-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A secret-tool that does what it is told to. */
function keyring(lookup: string): void {
  writeFileSync(join(folder, "secret-tool"), `#!/bin/sh\n[ "$1" = lookup ] || exit 0\n${lookup}\n`);
  chmodSync(join(folder, "secret-tool"), 0o755);
}

const session = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };

const choose = (
  setting: CredentialStoreSetting,
  environment: Readonly<Record<string, string>> = {},
  platform: NodeJS.Platform = "linux",
) =>
  chooseCredentialStore(setting, "root-key", {
    program: "holdfast-agent",
    inFiles: { folder: join(folder, "data"), files: { "root-key": join(folder, "root.key") }, sealer: sealerOf({}) },
    environment,
    platform,
    uid: 1_000,
    toolFolders: [folder],
  });

const kindOf = async (...told: Parameters<typeof choose>): Promise<string | undefined> => {
  const chosen = await choose(...told);
  return chosen.ok ? chosen.store.kind : undefined;
};

describe("the credential store that is chosen", () => {
  it("is a file where there is nothing better, and says so with the reasons", async () => {
    expect(await choose("auto")).toMatchObject({
      ok: true,
      store: { kind: "file", description: expect.stringContaining("not encrypted") as string },
      why: "there is no better store here",
      passedOver: [
        { kind: "systemd", why: expect.stringContaining("CREDENTIALS_DIRECTORY is not set") as string },
        { kind: "secret-service", why: expect.stringContaining("not installed") as string },
        { kind: "keychain", why: "only macOS has a Keychain" },
      ],
    });
  });

  it("is the one that holds the secret", async () => {
    keyring("echo aa");
    expect(await choose("auto", session)).toMatchObject({
      store: { kind: "secret-service" },
      why: "it holds root-key",
    });
    writeFileSync(join(folder, "holdfast-agent.root-key"), "aa");
    expect(await kindOf("auto", { ...session, CREDENTIALS_DIRECTORY: folder })).toBe("systemd");
  });

  it("is one that can keep it, where none holds it", async () => {
    keyring("exit 1");
    expect(await choose("auto", { ...session, CREDENTIALS_DIRECTORY: folder })).toMatchObject({
      store: { kind: "secret-service" },
      passedOver: [{ kind: "systemd", why: "it holds no root-key" }, { kind: "keychain" }],
    });
  });

  it("stays the file that the data was begun with, when a keyring appears later", async () => {
    keyring("exit 1");
    writeFileSync(join(folder, "root.key"), "aa", { mode: 0o600 });
    expect(await choose("auto", session)).toMatchObject({ store: { kind: "file" }, why: "it holds root-key" });
    chmodSync(join(folder, "root.key"), 0o644);
    expect(await kindOf("auto", session)).toBe("file");
  });

  it("is not a keyring that does not answer", async () => {
    keyring("echo locked >&2; exit 1");
    expect(await choose("auto", session)).toMatchObject({
      store: { kind: "file" },
      passedOver: [{ kind: "systemd" }, { kind: "secret-service", why: "locked" }, { kind: "keychain" }],
    });
  });

  it.each(["systemd", "systemd-creds", "secret-service", "keychain", "credential-manager"] as const)(
    "is refused, not replaced, when %s was asked for and is not there",
    async (setting) => {
      expect(await choose(setting)).toMatchObject({
        ok: false,
        message: expect.stringContaining(`The credential store ${setting} cannot be used`) as string,
      });
    },
  );

  it("is what was asked for", async () => {
    keyring("exit 1");
    expect(await choose("secret-service", session)).toMatchObject({ ok: true, why: "it was asked for" });
    expect(await kindOf("file", session)).toBe("file");
  });

  it("says of Windows that its Credential Manager is not supported", async () => {
    const { passedOver } = await choose("auto", {}, "win32");
    expect(passedOver.map(({ kind }) => kind)).toContain("credential-manager");
  });
});
