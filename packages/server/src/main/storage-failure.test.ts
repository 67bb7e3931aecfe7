import { Refusal, StorageFault, type StorageFaultCode } from "@holdfast/engine";
import { SettingsFault } from "@holdfast/postgres";
import { describe, expect, it } from "vitest";
import { StartFailure } from "@holdfast/runtime";
import { postgresFailure, sqliteFailure } from "./storage-failure.ts";

const PLACE = "db.example.org:5432/holdfast";

const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });
/** As a connection that could not be made is told of. */
const noConnection = (cause: Error): StorageFault =>
  new StorageFault("database_unreachable", `No connection to ${PLACE}: ${cause.message}.`, cause);

const CODES: Readonly<Record<StorageFaultCode, number>> = {
  database_unreadable: 16,
  database_unreachable: 17,
  database_in_use: 12,
  database_damaged: 13,
  database_rolled_back: 14,
  database_forked: 14,
  head_forged: 13,
  database_foreign: 13,
  database_newer: 13,
  table_invalid: 13,
  state_tampered: 13,
  write_failed: 17,
};

function failure(cause: unknown): StartFailure {
  const failed = postgresFailure(cause, PLACE);
  expect(failed).toBeInstanceOf(StartFailure);
  return failed as StartFailure;
}

describe("a start on PostgreSQL that fails", () => {
  it.each([
    ["28P01", "password authentication failed", "PASSWORD_FILE"],
    ["28000", "no pg_hba.conf entry", "pg_hba.conf"],
    ["3D000", 'database "holdfast" does not exist', "HOLDFAST_STORAGE_URL"],
    ["3D000", 'database "holdfast" does not exist', "CREATE DATABASE"],
    ["53300", "too many clients already", "HOLDFAST_STORAGE_CONNECTIONS"],
    ["57P03", "the database system is starting up", "try again"],
    ["ECONNREFUSED", "connect ECONNREFUSED", "HOLDFAST_STORAGE_URL"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate", "HOLDFAST_STORAGE_CA_FILE"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match", "verify-ca"],
    ["CERT_HAS_EXPIRED", "certificate has expired", "Renew"],
  ])("for want of a connection (%s) says so in one sentence, with what to do", (code, message, hint) => {
    const failed = failure(noConnection(withCode(message, code)));
    expect(failed.exitCode).toBe(17);
    expect(failed.message).toBe(`No connection to ${PLACE}: ${message}.`);
    expect(failed.hint).toContain(hint);
  });

  it("because somebody holds what it has to wait for names the database's own views, and no data folder", () => {
    const { exitCode, hint } = failure(new StorageFault("database_in_use", "Another session holds the lock."));
    expect(exitCode).toBe(12);
    expect(hint).toContain("pg_stat_activity");
    expect(hint).not.toContain("HOLDFAST_DATA_DIR");
  });

  it.each([
    ["The server does not support SSL connections", "sslmode=disable"],
    ["the database asks for a password and none is set", "PASSWORD_FILE"],
    ["timeout expired", "HOLDFAST_STORAGE_URL"],
  ])("tells causes without a code by what they say: %s", (message, hint) => {
    expect(failure(noConnection(new Error(message))).hint).toContain(hint);
  });

  it.each(Object.entries(CODES))(
    "by the fault %s has an exit code of its own, and names the database",
    (code, exitCode) => {
      const failed = failure(new StorageFault(code as StorageFaultCode, "It is not as it should be."));
      expect(failed.exitCode).toBe(exitCode);
      expect(failed.message).toBe(`It is not as it should be (${PLACE}).`);
      expect(failed.hint).not.toBe("");
    },
  );

  it("by the database's own settings repeats what was said of them", () => {
    const failed = failure(new SettingsFault("The database is a standby.", "Name the primary server."));
    expect(failed).toMatchObject({
      exitCode: 16,
      message: "The database is a standby.",
      hint: "Name the primary server.",
    });
  });

  it("in the middle says what the database said", () => {
    expect(failure(withCode("terminating connection", "57P01")).exitCode).toBe(17);
    expect(failure(new Error("Connection terminated unexpectedly")).exitCode).toBe(17);
    expect(failure(withCode("permission denied for table head", "42501"))).toMatchObject({
      exitCode: 16,
      hint: expect.stringContaining("storage migrate") as string,
    });
    expect(failure(withCode("canceling statement due to lock timeout", "55P03"))).toMatchObject({
      exitCode: 12,
      hint: expect.stringMatching(/pg_stat_activity and pg_locks/) as string,
    });
    const cause = withCode("canceling statement due to statement timeout", "57014");
    expect(failure(new Refusal("storage_failed", "", { cause })).message).toContain("statement timeout");
  });

  it("by a mistake of the program's own stays one", () => {
    const mistake = new TypeError("undefined is not a function");
    expect(postgresFailure(mistake, PLACE)).toBe(mistake);
    const failed = new StartFailure("root_key", "The root key does not open this database.", "Use the right one.");
    expect(postgresFailure(failed, PLACE)).toBe(failed);
  });
});

describe("a start on a data folder that fails", () => {
  it("names the file once", () => {
    const cause = new StorageFault("database_in_use", "Another instance already runs on /d/holdfast.db.");
    expect(sqliteFailure(cause, "/d/holdfast.db")).toMatchObject({
      exitCode: 12,
      message: "Another instance already runs on /d/holdfast.db.",
    });
  });

  it("takes what SQLite says for what it is", () => {
    const cause = Object.assign(new Error("file is not a database"), { errcode: 26 });
    expect(sqliteFailure(cause, "/d/holdfast.db")).toMatchObject({ exitCode: 13 });
    const mistake = new TypeError("undefined is not a function");
    expect(sqliteFailure(mistake, "/d/holdfast.db")).toBe(mistake);
  });
});
