import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisSettings } from "./redis-settings.ts";
import { settingOf, StartFailure } from "@holdfast/runtime";

let folder: string;
const file = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const from = (settings: Readonly<Record<string, string>>) =>
  redisSettings(
    settingOf(Object.fromEntries(Object.entries(settings).map(([name, text]) => [`HOLDFAST_${name}`, text]))),
  );

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-redis-settings-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the settings of a shared Redis", () => {
  test("are none when no URL is set", () => {
    expect(from({})).toBeUndefined();
  });

  test("come from its URL, percent-decoded, and from nowhere else", () => {
    expect(from({ REDIS_URL: "redis://cache.example" })).toEqual({
      host: "cache.example",
      port: 6379,
      database: 0,
      tls: false,
    });
    expect(from({ REDIS_URL: "rediss://node:p%40ss%2Fword@[2001:db8::1]:7000/3" })).toEqual({
      host: "2001:db8::1",
      port: 7000,
      user: "node",
      password: "p@ss/word",
      database: 3,
      tls: {},
    });
  });

  test("may have the password and the authority in files", () => {
    const [password, ca] = [file("password", "s3cret\n"), file("ca.pem", "PEM", 0o644)];
    const settings = from({ REDIS_URL: "rediss://r", REDIS_PASSWORD_FILE: password, REDIS_CA_FILE: ca });
    expect(settings).toMatchObject({ password: "s3cret", tls: { ca: "PEM" } });
  });

  const wrong: readonly (readonly [string, () => Readonly<Record<string, string>>])[] = [
    ["is not the URL of a Redis", () => ({ REDIS_URL: "cache:6379" })],
    ["is not the URL of a Redis", () => ({ REDIS_URL: "http://cache" })],
    ["is not the URL of a Redis", () => ({ REDIS_URL: "redis:///0" })],
    ["is not the URL of a Redis", () => ({ REDIS_URL: "redis://hunter2@:1" })],
    ["has parameters", () => ({ REDIS_URL: "redis://cache?password=hunter2" })],
    ["has parameters", () => ({ REDIS_URL: "redis://cache/0#hunter2" })],
    ["is not percent-encoded", () => ({ REDIS_URL: "redis://:hunter2%zz@cache" })],
    ["names a user without a password", () => ({ REDIS_URL: "redis://hunter2@cache" })],
    ["names a database that is not a number", () => ({ REDIS_URL: "redis://cache/main" })],
    ["means nothing without HOLDFAST_REDIS_URL", () => ({ REDIS_PASSWORD_FILE: "/hunter2" })],
    ["means nothing without HOLDFAST_REDIS_URL", () => ({ REDIS_CA_FILE: "/hunter2" })],
    ["means nothing without TLS", () => ({ REDIS_URL: "redis://cache", REDIS_CA_FILE: "/hunter2" })],
    [
      "is set, and so is a password in HOLDFAST_REDIS_URL",
      () => ({ REDIS_URL: "redis://:hunter2@cache", REDIS_PASSWORD_FILE: file("second", "hunter2") }),
    ],
    [
      "names a file that is open to others",
      () => ({ REDIS_URL: "redis://cache", REDIS_PASSWORD_FILE: file("open", "hunter2", 0o644) }),
    ],
    [
      "names a file that is missing or unreadable",
      () => ({ REDIS_URL: "redis://cache", REDIS_PASSWORD_FILE: join(folder, "absent") }),
    ],
    ["names a file that is empty", () => ({ REDIS_URL: "redis://cache", REDIS_PASSWORD_FILE: file("empty", "\n") })],
    [
      "names a file that cannot be read",
      () => ({ REDIS_URL: "rediss://cache", REDIS_CA_FILE: join(folder, "absent") }),
    ],
  ];
  test.each(wrong)("refuse at the start what %s, without quoting it", (problem, settings) => {
    const caught = (() => {
      try {
        return from(settings());
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBeInstanceOf(StartFailure);
    const { message, hint } = caught as StartFailure;
    expect(message).toContain(problem);
    expect(hint.length).toBeGreaterThan(10);
    expect(`${message} ${hint}`).not.toContain("hunter2");
  });
});
