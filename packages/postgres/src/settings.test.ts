import { selfSigned } from "@holdfast/engine/self-signed.fixture";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PostgresOptions, SettingsFault, settingsFrom } from "./settings.ts";

const AUTHORITY = selfSigned().cert;

/** The refusal; undefined when the settings are usable. */
function refusalOf(options: PostgresOptions): SettingsFault | undefined {
  try {
    settingsFrom(options);
    return undefined;
  } catch (error) {
    if (error instanceof SettingsFault) return error;
    throw error;
  }
}

function faultOf(options: PostgresOptions): SettingsFault {
  const fault = refusalOf(options);
  if (fault === undefined) throw new Error("it was accepted");
  return fault;
}

const messageOf = (url: string): string => faultOf({ url }).message;

describe("a URL", () => {
  it("names server, database and user, and the rest is what a node starts with", () => {
    expect(settingsFrom({ url: "postgres://node@db.example.com:6432/vault" })).toEqual({
      host: "db.example.com",
      port: 6432,
      database: "vault",
      user: "node",
      tls: { mode: "verify-full" },
      maxConnections: 10,
      statementTimeoutMs: 30_000,
      hasNotify: true,
      hasLocks: true,
      pollMs: 250,
    });
  });

  it("means port 5432 and a database of the user's name when it says nothing else", () => {
    expect(settingsFrom({ url: "postgresql://node@db" })).toMatchObject({ port: 5432, database: "node" });
    expect(settingsFrom({ url: "postgresql://node@db/" })).toMatchObject({ port: 5432, database: "node" });
  });

  it("may name an IPv6 address", () => {
    expect(settingsFrom({ url: "postgres://node@[2001:db8::1]:5433/d" })).toMatchObject({
      host: "2001:db8::1",
      port: 5433,
    });
  });

  it("may name the folder of a Unix socket, which has no TLS", () => {
    expect(settingsFrom({ url: "postgres://node@/d?host=/run/postgresql" })).toMatchObject({
      host: "/run/postgresql",
      tls: false,
    });
    expect(settingsFrom({ url: "postgres://node@:5433/d?host=%2Frun%2Fpostgresql" })).toMatchObject({
      host: "/run/postgresql",
      port: 5433,
    });
  });

  it("is percent-decoded once", () => {
    expect(settingsFrom({ url: "postgres://n%40de:p%40%2F%3A%2541@db/v%20t" })).toMatchObject({
      user: "n@de",
      password: "p@/:%41",
      database: "v t",
    });
  });

  it("keeps every user name, password and database that is percent-encoded", () => {
    const text = fc.string({ unit: "binary", minLength: 1 }).filter((one) => !one.includes("\0"));
    fc.assert(
      fc.property(text, text, text, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        expect(settingsFrom({ url: `postgres://${u}:${p}@db/${d}` })).toMatchObject({ user, password, database });
      }),
    );
  });

  it("shows how a URL is written when its port is none", () => {
    const fault = expect.objectContaining({ hint: expect.stringContaining("host:5432/database") as string }) as Error;
    expect(() => settingsFrom({ url: "postgres://u@h:5577x/d" })).toThrow(fault);
  });

  it.each([
    ["another scheme", "mysql://u@h/d", "The storage's URL is not a postgres:// URL."],
    ["no user", "postgres://db/d", "The storage's URL names no user."],
    ["an empty user", "postgres://:word@db/d", "The storage's URL names no user."],
    ["no host", "postgres://u@/d", "The storage's URL names no host."],
    ["several hosts", "postgres://u@a,b:1/d", "The storage's URL names several hosts."],
    ["a port that is none", "postgres://u@h:0/d", "The port in the storage's URL is not one."],
    ["a port beyond 65535", "postgres://u@h:65536/d", "The port in the storage's URL is not one."],
    ["a port of letters", "postgres://u@h:http/d", "The host or port in the storage's URL is not one."],
    ["an address without brackets", "postgres://u@::1/d", "The host or port in the storage's URL is not one."],
    ["a fragment", "postgres://u@h/d#x", "The storage's URL has a character out of its place."],
    ["a path of two segments", "postgres://u@h/d/e", "The storage's URL has a character out of its place."],
    ["two @", "postgres://u:a@b@h/d", "The storage's URL has a character out of its place."],
    ["a stray %", "postgres://u%zz@h/d", "The user name in the storage's URL is not percent-encoded as it has to be."],
    ["a NUL", "postgres://u@h/d%00", "The database in the storage's URL holds a NUL."],
    ["a host and a socket", "postgres://u@h/d?host=/run", "The storage's URL names a host and a socket."],
    ["a relative socket", "postgres://u@/d?host=run", "host= in the storage's URL is not an absolute path."],
    ["an empty parameter", "postgres://u@h/d?sslmode=", "The storage's URL has an empty sslmode."],
    ["a parameter twice", "postgres://u@h/d?sslmode=disable&sslmode=disable", "The storage's URL has sslmode twice."],
    [
      "an unknown parameter",
      "postgres://u@h/d?ssl_mode=x",
      "The storage's URL has the parameter ssl_mode that is not known.",
    ],
    [
      "a parameter of odd characters",
      "postgres://u@h/d?a%20b=x",
      "The storage's URL has a parameter that is not known.",
    ],
  ])("with %s is refused", (_, url, message) => {
    expect(messageOf(url)).toBe(message);
  });

  it("with a parameter that has a setting of its own is answered with that", () => {
    expect(faultOf({ url: "postgres://u@h/d?password=x" }).hint).toBe("Use HOLDFAST_STORAGE_PASSWORD_FILE.");
    expect(faultOf({ url: "postgres://u@h/d?sslrootcert=/x" }).hint).toBe("Use HOLDFAST_STORAGE_CA_FILE.");
  });
});

describe("a password", () => {
  it("may stand beside the URL", () => {
    expect(settingsFrom({ url: "postgres://u@h", password: "word" })).toMatchObject({ password: "word" });
  });

  it("is refused when it is set twice or empty", () => {
    expect(faultOf({ url: "postgres://u:a@h", password: "b" }).message).toBe("The storage's password is set twice.");
    expect(faultOf({ url: "postgres://u:@h" }).message).toBe("The storage's password is empty.");
    expect(faultOf({ url: "postgres://u@h", password: "" }).message).toBe("The storage's password is empty.");
  });

  it("never stands in a refusal, wherever its characters put its parts", () => {
    const part = fc.string({ unit: fc.constantFrom("@", "/", "?", "#", "%", ":", "&", "=", "[", "]", ",", "a", " ") });
    fc.assert(
      fc.property(part, part, part, (before, after, rest) => {
        const url = `postgres://u:${before}SECRETWORD${after}@h${rest}`;
        const { message, hint, stack } = refusalOf({ url }) ?? {};
        expect(`${message} ${hint} ${stack}`).not.toContain("SECRETWORD");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("TLS", () => {
  it.each(["postgres://u@localhost", "postgres://u@127.0.0.1", "postgres://u@127.8.9.1", "postgres://u@[::1]"])(
    "is left out on the machine itself: %s",
    (url) => {
      expect(settingsFrom({ url }).tls).toBe(false);
      expect(settingsFrom({ url: `${url}?sslmode=verify-full` }).tls).toEqual({ mode: "verify-full" });
      expect(settingsFrom({ url, ca: AUTHORITY }).tls).toMatchObject({ mode: "verify-full" });
    },
  );

  it("verifies the name for any other host, and is left out only when told", () => {
    expect(settingsFrom({ url: "postgres://u@127.0.0.1.example.com" }).tls).toEqual({ mode: "verify-full" });
    expect(settingsFrom({ url: "postgres://u@db?sslmode=disable" }).tls).toBe(false);
  });

  it.each(["require", "prefer", "allow"])("does not do with sslmode=%s, which verifies nobody", (mode) => {
    expect(messageOf(`postgres://u@db?sslmode=${mode}`)).toBe(`sslmode=${mode} does not verify who the database is.`);
  });

  it("knows no other mode", () => {
    expect(messageOf("postgres://u@db?sslmode=on")).toBe("sslmode in the storage's URL is not known.");
  });

  it("verifies an authority without the name only when the authority is one's own", () => {
    const url = "postgres://u@db?sslmode=verify-ca";
    expect(messageOf(url)).toBe("sslmode=verify-ca needs an authority of your own.");
    expect(settingsFrom({ url, ca: AUTHORITY }).tls).toEqual({ mode: "verify-ca", ca: AUTHORITY.trim() });
  });

  it("takes certificates, and nothing that only looks like some", () => {
    const two = settingsFrom({ url: "postgres://u@db", ca: `a comment\n${AUTHORITY}\n${AUTHORITY}` }).tls;
    expect(two).toEqual({ mode: "verify-full", ca: `${AUTHORITY.trim()}\n${AUTHORITY.trim()}` });
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    for (const ca of ["", "text", broken, `${AUTHORITY}${broken}`]) {
      expect(faultOf({ url: "postgres://u@db", ca }).message).toBe("The storage's authority is not a PEM certificate.");
    }
  });

  it("is not asked for and forbidden at once, nor on a socket", () => {
    expect(faultOf({ url: "postgres://u@db?sslmode=disable", ca: AUTHORITY }).message).toBe(
      "An authority for the storage's TLS is set, and sslmode=disable.",
    );
    expect(messageOf("postgres://u@/d?host=/run&sslmode=verify-full")).toBe("A Unix socket has no TLS.");
  });
});

describe("a number", () => {
  it.each([
    ["maxConnections", 0],
    ["maxConnections", 1_001],
    ["maxConnections", 1.5],
    ["statementTimeoutMs", 99],
    ["statementTimeoutMs", Number.NaN],
    ["pollMs", 9],
  ] as const)("outside its bounds is refused: %s %d", (name, value) => {
    expect(faultOf({ url: "postgres://u@h", [name]: value }).message).toMatch(/is not a whole number from/);
  });
});

it("takes nothing from the environment", () => {
  const before = { ...process.env };
  try {
    Object.assign(process.env, { PGHOST: "elsewhere", PGPORT: "1", PGUSER: "x", PGDATABASE: "x", PGPASSWORD: "x" });
    expect(settingsFrom({ url: "postgres://u@h" })).toMatchObject({ host: "h", port: 5432, user: "u", database: "u" });
    expect(settingsFrom({ url: "postgres://u@h" })).not.toHaveProperty("password");
  } finally {
    process.env = before;
  }
});
