import { describe, expect, test } from "vitest";
import { builtInRole, builtInRoles } from "./built-in-roles.ts";
import { compile } from "./compile.ts";
import { type Grant, grantsWithin } from "./grant.ts";
import { Holdings } from "./holdings.ts";
import { formatPermission, isGlobal } from "./permission.ts";
import type { Request } from "./decision.ts";
import { defineRole } from "./role.ts";
import { parseRoleName } from "./role-name.ts";

const role = (name: string) => builtInRole(name) ?? expect.fail(`no role ${name}`);
const may = (name: string, text: string, environment?: string): boolean => {
  const [resource, path, action] = text.split(":");
  const attributes = environment === undefined ? {} : { environment };
  return compile([role(name)]).decide({ resource, path, action, attributes } as Request).allowed;
};

describe("built-in roles", () => {
  test("form the tree of L5, with the words of the other documents as aliases", () => {
    expect(builtInRoles.map(({ role: name, under }) => `${under ?? ""} > ${name}`)).toEqual([
      " > global-admin",
      "global-admin > tenant-admin",
      "tenant-admin > operator",
      "operator > writer",
      "tenant-admin > developer",
      "tenant-admin > viewer",
      "global-admin > security-auditor",
    ]);
    expect(["admin", "auditor", "reader"].map((name) => role(name).role)).toEqual([
      "tenant-admin",
      "security-auditor",
      "viewer",
    ]);
  });

  test("each include everything of the roles under them", () => {
    for (const each of builtInRoles.filter(({ under }) => under !== undefined)) {
      expect(new Holdings([role(each.under ?? "")]).excessOf(each)).toEqual([]);
    }
  });

  test("reach past their tenant in global-admin only", () => {
    const global = builtInRoles.filter((each) => each.permissions.some(isGlobal));
    expect(global.map((each) => each.role)).toEqual(["global-admin"]);
    expect([may("global-admin", "tenant:acme:write"), may("admin", "tenant:acme:write")]).toEqual([true, false]);
    expect([may("admin", "tenant::rotate"), may("admin", "tenant:**:list")]).toEqual([true, false]);
  });

  test("let an operator read, write and rotate, a writer the same without rotation, neither delete", () => {
    const asked = ["secret:a:read", "secret:a:write", "config:a:write", "secret:a:rotate", "secret:a:delete"];
    expect(asked.map((text) => may("operator", text))).toEqual([true, true, true, true, false]);
    expect(asked.map((text) => may("writer", text))).toEqual([true, true, true, false, false]);
  });

  test("let a developer work where the environment is known to be development or staging", () => {
    const environments = ["development", "staging", "production", "Development", undefined];
    expect(environments.map((name) => may("developer", "secret:a:write", name))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test("let a viewer read and list, and an auditor read the ledger and nothing else", () => {
    expect(["secret:a:read", "config::list", "secret:a:write"].map((text) => may("viewer", text))).toEqual([
      true,
      true,
      false,
    ]);
    const audited = ["audit::read", "audit:a:list", "audit::write", "config:a:read", "policy::read"];
    expect(audited.map((text) => may("auditor", text))).toEqual([true, true, false, false, false]);
  });

  test("leave namespaces, whose environment conditions rely on, to administrators", () => {
    for (const name of ["operator", "writer", "developer", "viewer", "auditor"]) {
      expect(may(name, "namespace:a:write", "staging")).toBe(false);
    }
    expect(may("admin", "namespace:a:write")).toBe(true);
  });

  // ATTACKS 6
  test.each([" admin", "Admin", "root", "admin\u0000", "аdmin", "", "__proto__", "constructor"])(
    "are found by their exact name, not as %j",
    (name) => {
      expect(builtInRole(name)).toBeUndefined();
    },
  );
});

describe("parseRoleName", () => {
  test.each(["a", "oncall", "team-7", "admins-eu", "x".repeat(63)])("takes %j", (name) => {
    expect(parseRoleName(name)).toEqual({ ok: true, name });
  });

  // ATTACKS 6: reserved names by case, blanks, look-alikes.
  test.each([
    " admin",
    "admin ",
    "Admin",
    "Root",
    "ROOT",
    "ad\u200bmin",
    "аdmin",
    "ａｄｍｉｎ",
    "admi\u0307n",
    "root\n",
    "tenant_admin",
    "-admin",
    "1admin",
    "",
    "x".repeat(64),
  ])("refuses %j by its grammar", (name) => {
    expect(parseRoleName(name)).toMatchObject({ ok: false, reason: "grammar" });
  });

  test.each([
    "admin",
    "root",
    "global-admin",
    "operator",
    "default",
    "r00t",
    "adm1n",
    "adrnin",
    "admin-",
    "ad-min",
    "vvriter",
    "globaladmin",
    "glo-bal-admln",
    "sy5tem",
  ])("refuses %j, which is or reads as a reserved name", (name) => {
    expect(parseRoleName(name)).toMatchObject({ ok: false, reason: "reserved" });
  });

  test("reserves every built-in role", () => {
    for (const { role: name } of builtInRoles) expect(parseRoleName(name)).toMatchObject({ reason: "reserved" });
  });
});

describe("defineRole", () => {
  test("reads permissions and environments", () => {
    const defined = defineRole({ name: "oncall", permissions: ["secret:a/**:read"], environments: ["production"] });
    expect(defined).toEqual({
      ok: true,
      role: {
        name: "oncall",
        permissions: [{ resource: "secret", pattern: "a/**", action: "read" }],
        conditions: [{ kind: "environment", oneOf: ["production"] }],
      },
    });
    expect(defineRole({ name: "idle", permissions: [] })).toEqual({
      ok: true,
      role: { name: "idle", permissions: [], conditions: [] },
    });
  });

  test("names every problem by its pointer", () => {
    const defined = defineRole({
      name: "Root",
      permissions: [
        "secret:a:read",
        "secrets:a:read",
        "secret:a*:read",
        "secret:/:read",
        "tenant:acme:read",
        "*:**:read",
      ],
      environments: ["Production", "europe west"],
    });
    expect(defined).toMatchObject({
      ok: false,
      problems: [
        { pointer: "/name" },
        { pointer: "/permissions/1", problem: "unknown resource (at 0)", hint: "did you mean secret?" },
        { pointer: "/permissions/2", hint: "use * or **" },
        { pointer: "/permissions/3" },
        { pointer: "/permissions/4", problem: "only global-admin reaches other tenants" },
        { pointer: "/permissions/5", problem: "only global-admin reaches other tenants" },
        { pointer: "/environments/0", hint: "did you mean production?" },
        { pointer: "/environments/1", hint: "a to z, 0 to 9 and hyphens, a letter first" },
      ],
    });
  });

  test("is bounded", () => {
    const pointers = (permissions: number, environments: number) => {
      const defined = defineRole({
        name: "big",
        permissions: Array.from({ length: permissions }, () => "secret:a:read"),
        environments: Array.from({ length: environments }, () => "staging"),
      });
      return defined.ok ? [] : defined.problems.map(({ pointer }) => pointer);
    };
    expect(pointers(1000, 16)).toEqual([]);
    expect(pointers(1001, 17)).toEqual(["/permissions", "/environments"]);
    expect(pointers(1, 0)).toEqual(["/environments"]);
  });
});

describe("grantsWithin, the tenant fence", () => {
  const own = { tenant: "tn_one", role: "tenant-admin" };
  const global = { tenant: "tn_one", role: "global-admin" };

  test("keeps a grant to the tenant in which it was made, but for global-admin", () => {
    expect(grantsWithin("tn_one", [own, global])).toEqual([own, global]);
    expect(grantsWithin("tn_two", [own, global])).toEqual([global]);
  });

  // ATTACKS 2
  test.each(["root", "default", "", "/", "tn_one/", "TN_ONE", " tn_one", "tn_one/../tn_two"])(
    "takes %j for no tenant of anyone's",
    (tenant) => {
      expect(grantsWithin(tenant, [own])).toEqual([]);
    },
  );
});

describe("what exceeds the holder", () => {
  const wanted = (texts: string[], environments?: string[]): Omit<Grant, "role"> => {
    const defined = defineRole({ name: "wanted", permissions: texts, ...(environments ? { environments } : {}) });
    return defined.ok ? defined.role : expect.fail("not a role");
  };
  const excess = (held: readonly Grant[], asked: Omit<Grant, "role">) =>
    new Holdings(held).excessOf(asked).map(formatPermission);

  test("names what the holder does not hold", () => {
    expect(excess([role("viewer")], wanted(["secret:a:read", "secret:a:write"]))).toEqual(["secret:a:write"]);
    expect(excess([], wanted(["secret:a:read"]))).toEqual(["secret:a:read"]);
    expect(excess([role("admin")], role("global-admin"))).toEqual(["*:**:*"]);
  });

  test("counts a condition of a kind that this version does not know as narrower than all and wider than none", () => {
    const unknown = [{ kind: "moon" }] as unknown as Grant["conditions"];
    const held = { role: "r", ...wanted(["secret:a:read"]) };
    expect(excess([{ ...held, conditions: unknown }], { ...held, conditions: unknown })).toEqual(["secret:a:read"]);
    expect(excess([held], { ...held, conditions: unknown })).toEqual([]);
  });

  test("lets nobody shed their own condition by handing the permission on", () => {
    const asked = ["secret:a:write"];
    expect(excess([role("developer")], wanted(asked))).toEqual(asked);
    expect(excess([role("developer")], wanted(asked, ["production"]))).toEqual(asked);
    expect(excess([role("developer")], wanted(asked, ["staging", "production"]))).toEqual(asked);
    expect(excess([role("developer")], wanted(asked, ["staging"]))).toEqual([]);
  });
});
