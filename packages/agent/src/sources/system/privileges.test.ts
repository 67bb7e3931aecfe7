import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { missingPrivilege } from "./privileges.ts";

let self: string;
beforeEach(() => {
  self = mkdtempSync(join(tmpdir(), "holdfast-privileges-"));
  mkdirSync(join(self, "ns"));
});
afterEach(() => rmSync(self, { recursive: true, force: true }));

function is(capabilities: string, pid = "pid:[4026531836]", user = "user:[4026531837]"): void {
  writeFileSync(join(self, "status"), `Name:\tx\nCapEff:\t${capabilities}\nSeccomp:\t0\n`);
  symlinkSync(pid, join(self, "ns", "pid"));
  symlinkSync(user, join(self, "ns", "user"));
}

describe("what a source needs", () => {
  it("is there for root", () => {
    is("000001ffffffffff");
    expect(missingPrivilege(["CAP_BPF", "CAP_PERFMON", "CAP_AUDIT_READ"], ["pid", "user"], self)).toBeUndefined();
  });

  it("is named when it is missing", () => {
    is("000000c000000000");
    expect(missingPrivilege(["CAP_BPF", "CAP_PERFMON"], [], self)).toBeUndefined();
    expect(missingPrivilege(["CAP_AUDIT_CONTROL", "CAP_AUDIT_READ"], [], self)).toBe(
      "CAP_AUDIT_CONTROL and CAP_AUDIT_READ missing",
    );
  });

  it("is missing in a container, where process ids count otherwise", () => {
    is("000001ffffffffff", "pid:[4026532001]");
    expect(missingPrivilege([], ["pid"], self)).toContain("first pid namespace");
    expect(missingPrivilege([], ["user"], self)).toBeUndefined();
  });

  it("is missing where the kernel says nothing of it", () => {
    writeFileSync(join(self, "status"), "Name:\tx\n");
    expect(missingPrivilege(["CAP_BPF"], [], self)).toBe("CAP_BPF missing");
  });
});
