import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settingOf, StartFailure } from "@holdfast/runtime";
import { storageSettings } from "./storage-settings.ts";

const URL = "postgres://holdfast@db.example.org/holdfast";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-settings-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const settings = (environment: Readonly<Record<string, string>>) =>
  storageSettings(
    settingOf(
      Object.fromEntries(Object.entries(environment).map(([name, text]) => [`HOLDFAST_STORAGE_${name}`, text])),
    ),
  );

function failureOf(environment: Readonly<Record<string, string>>): StartFailure {
  try {
    settings(environment);
  } catch (error) {
    if (error instanceof StartFailure) return error;
    throw error;
  }
  throw new Error("these settings were taken");
}

function file(text: string, mode = 0o600): string {
  const path = join(folder, "file");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe("the settings of the storage", () => {
  it("are those of the data folder when no URL is set", () => {
    expect(settings({})).toBeUndefined();
    expect(settings({ URL: "", PASSWORD: "" })).toBeUndefined();
  });

  it("verify the database by its name and have bounds by default", () => {
    expect(settings({ URL })).toMatchObject({
      host: "db.example.org",
      port: 5432,
      database: "holdfast",
      user: "holdfast",
      tls: { mode: "verify-full" },
      maxConnections: 10,
      statementTimeoutMs: 30_000,
      hasNotify: true,
      hasLocks: true,
    });
  });

  it("take the password from its file, as it stands there but for the line's end", () => {
    expect(settings({ URL, PASSWORD_FILE: file(" pass word \n") })).toMatchObject({ password: " pass word " });
    expect(settings({ URL, PASSWORD: "word" })).toMatchObject({ password: "word" });
    expect(settings({ URL: URL.replace("@", ":word@") })).toMatchObject({ password: "word" });
  });

  it("switch off what a database lacks, and take bounds", () => {
    const told = { URL, NOTIFY: "off", LOCKS: "off", CONNECTIONS: "3", TIMEOUT_MS: "500" };
    expect(settings(told)).toMatchObject({
      hasNotify: false,
      hasLocks: false,
      maxConnections: 3,
      statementTimeoutMs: 500,
    });
  });

  it.each([
    ["STORAGE_URL", { URL: "mysql://holdfast@db/holdfast" }],
    ["STORAGE_URL", { URL: `${URL}?sslmode=require` }],
    ["STORAGE_URL", { URL: URL.replace("@", ":secret@"), PASSWORD: "secret" }],
    ["STORAGE_PASSWORD", { URL, PASSWORD: "secret", PASSWORD_FILE: "/nowhere" }],
    ["STORAGE_PASSWORD_FILE", { URL, PASSWORD_FILE: "/nowhere/secret-file" }],
    ["STORAGE_CA_FILE", { URL, CA_FILE: "/nowhere" }],
    ["STORAGE_CONNECTIONS", { URL, CONNECTIONS: "0" }],
    ["STORAGE_CONNECTIONS", { URL, CONNECTIONS: "ten" }],
    ["STORAGE_TIMEOUT_MS", { URL, TIMEOUT_MS: "1.5" }],
    ["STORAGE_NOTIFY", { URL, NOTIFY: "yes" }],
    ["STORAGE_LOCKS", { URL, LOCKS: "0" }],
    ["STORAGE_PASSWORD", { PASSWORD: "secret" }],
    ["STORAGE_LOCKS", { LOCKS: "off" }],
  ])("are refused by the name HOLDFAST_%s, with a hint and without the text: %o", (name, environment) => {
    const { exitCode, message, hint } = failureOf(environment);
    expect(exitCode).toBe(16);
    expect(message).toContain(`HOLDFAST_${name}`);
    expect(hint).not.toBe("");
    expect(message + hint).not.toContain("secret");
  });

  it.each([
    ["others can read", () => file("secret", 0o644), "open to others"],
    ["is empty", () => file("\n"), "empty"],
  ])("refuse a password's file that %s", (_, path, sentence) => {
    expect(failureOf({ URL, PASSWORD_FILE: path() }).message).toContain(sentence);
  });

  it("take an authority that everybody can read, and refuse what is none", () => {
    expect(failureOf({ URL, CA_FILE: file("no certificate", 0o644) }).hint).toContain("HOLDFAST_STORAGE_CA_FILE");
  });
});
