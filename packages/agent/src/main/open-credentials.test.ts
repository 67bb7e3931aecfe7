import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretReference } from "@holdfast/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { agentFolderAt } from "./data-folder.ts";
import { openCredentials } from "./open-credentials.ts";

const id = "5d9a2c7e81f04b6da3c8e1907f42b56c";
const hex = "0f".repeat(32);

let place: string;
let said: string[];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "holdfast-open-credentials-"));
  mkdirSync(join(place, "agent"), { mode: 0o700 });
  file("id", `${id}\n`);
  said = [];
});

afterEach(() => {
  rmSync(place, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  writeFileSync(join(place, name), text, { mode: 0o600 });
  return join(place, name);
}

interface Options {
  readonly store?: "auto" | "file" | "systemd" | "credential-manager";
  readonly passphrase?: SecretReference;
  readonly machineIdFile?: string;
  readonly isRunning?: boolean;
}

function open({ store = "file", passphrase, machineIdFile = "id", isRunning = true }: Options = {}) {
  const note = (_: unknown, message?: string) => void said.push(message ?? "");
  return openCredentials({
    settings: {
      credentials: { store, passphrase, previousPassphrase: undefined, machineIdFile: join(place, machineIdFile) },
    },
    folder: agentFolderAt(join(place, "agent")),
    environment: {},
    ...(isRunning && { log: { info: note, warn: note } }),
  });
}

const inFile = (path: string): SecretReference => ({ kind: "file", path });
const plainKey = () => file("agent/root.key", `${hex}\n`);
const rootKey = () => readFileSync(join(place, "agent/root.key"), "utf8");

describe("the credential store of an agent", () => {
  it("says what its files hang on, and that this is less than another store would be", async () => {
    const asked = await open();
    expect(asked.feature()).toMatchObject({
      name: "credential-store",
      state: "available",
      detail: expect.stringContaining("bound to this host (machine-id)") as string,
    });
    const best = await open({ store: "auto" });
    expect(best.store.kind === "file" ? best.feature().state : "degraded").toBe("degraded");
  });

  it("is as good as another one under a passphrase", async () => {
    const { store, feature } = await open({
      store: "auto",
      passphrase: inFile(file("phrase", "correct horse battery\n")),
    });
    expect(store.kind === "file" ? feature() : undefined).toMatchObject({
      state: "available",
      detail: expect.stringContaining("encrypted under a passphrase") as string,
    });
  });

  it("is degraded where nothing can be sealed, and says so in the log", async () => {
    const { feature } = await open({ machineIdFile: "none" });
    expect(feature()).toMatchObject({
      state: "degraded",
      detail: expect.stringContaining("not encrypted") as string,
    });
    expect(said).toEqual([expect.stringContaining("secrets in files are not encrypted") as string]);
  });

  it("tells once of a plain file that it has sealed, and seals nothing for whoever only looks", async () => {
    plainKey();
    const looking = await open({ isRunning: false });
    expect(await looking.store.read("root-key")).toEqual({ kind: "found", secret: hex });
    expect(rootKey()).toBe(`${hex}\n`);
    const { store } = await open();
    for (let turn = 0; turn < 2; turn++) expect(await store.read("root-key")).toEqual({ kind: "found", secret: hex });
    expect(rootKey()).toContain("bound-to: machine-id");
    expect(said).toEqual([expect.stringContaining("is sealed in its place") as string]);
  });

  it("is refused with a passphrase that cannot be used, and says which and why", async () => {
    plainKey();
    const short = inFile(file("phrase", "hunter2\n"));
    const inside = inFile(file("agent/phrase", "correct horse battery\n"));
    const nowhere: SecretReference = { kind: "credential", name: "phrase" };
    for (const [passphrase, why] of [
      [short, "fewer than 12 characters"],
      [inside, "lies in the folder that it protects"],
      [inFile(join(place, "none")), "it is not there"],
      [nowhere, "hands over no credentials"],
    ] as const) {
      await expect(open({ passphrase })).rejects.toMatchObject({
        code: "root_key",
        message: expect.stringMatching(new RegExp(`credentials\\.passphrase names .*${why}`)) as string,
      });
    }
    expect(rootKey()).toBe(`${hex}\n`);
  });

  it("is refused when it was asked for and is not there", async () => {
    await expect(open({ store: "credential-manager" })).rejects.toMatchObject({ code: "root_key" });
    await expect(open({ store: "systemd" })).rejects.toMatchObject({ code: "root_key" });
  });
});
