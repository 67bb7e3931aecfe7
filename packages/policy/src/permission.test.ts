import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "./compile.ts";
import { pathSegments } from "./decision.ts";
import { samplePath, samplePermission, sampleRequest } from "./samples.fixture.ts";
import {
  actions,
  covers,
  formatPermission,
  isGlobal,
  type Permission,
  parsePermission,
  resources,
} from "./permission.ts";

const refused = (text: string) => {
  const parsed = parsePermission(text);
  return parsed.ok ? expect.fail(`${text} was accepted`) : parsed;
};
const permission = (text: string): Permission => {
  const parsed = parsePermission(text);
  return parsed.ok ? parsed.permission : expect.fail(`${text}: ${parsed.problem}`);
};

describe("parsePermission", () => {
  test.each([
    "config:applications/*/config:read",
    "secret:**:rotate",
    "secret:applications/shop/**:*",
    "audit::read",
    "*:**:admin",
    "policy:oncall-team:write",
    "secret:user/zoë:read",
    "secret:a/*/b/*/c/*/**:read",
  ])("reads %s and gives it back unchanged", (text) => {
    expect(formatPermission(permission(text))).toBe(text);
  });

  test("names each of the resources and actions of the grammar", () => {
    expect(resources).toEqual(["config", "secret", "namespace", "tenant", "audit", "policy"]);
    expect(actions).toEqual(["read", "write", "delete", "list", "rotate", "approve", "admin"]);
  });

  test.each([
    ["", 0, "a permission has three parts"],
    ["secret", 6, "a permission has three parts"],
    ["secret:read", 11, "a permission has three parts"],
    ["secret:a:b:read", 10, "a permission has three parts; a path holds no colon"],
    [`secret:${"a".repeat(600)}:read`, 576, "a permission has at most 576 characters"],
  ])("refuses %j for its parts", (text, position, problem) => {
    expect(refused(text)).toMatchObject({ position, problem });
  });

  test.each([
    ["secrets:a:read", 0, "did you mean secret?"],
    ["Secret:a:read", 0, "did you mean secret?"],
    [" config:a:read", 0, "did you mean config?"],
    ["polcy:a:read", 0, "did you mean policy?"],
    ["x:a:read", 0, "one of config, secret, namespace, tenant, audit, policy or *"],
    [":a:read", 0, "one of config, secret, namespace, tenant, audit, policy or *"],
    [`${"secret".repeat(9)}:a:read`, 0, "one of config, secret, namespace, tenant, audit, policy or *"],
    ["secret:a:Read", 9, "did you mean read?"],
    ["secret:a:raed", 9, "did you mean read?"],
    ["secret:a:wirte", 9, "did you mean write?"],
    ["secret:a:", 9, "one of read, write, delete, list, rotate, approve, admin or *"],
    ["secret:a:__proto__", 9, "one of read, write, delete, list, rotate, approve, admin or *"],
  ])("refuses the unknown name in %j, and names the near miss", (text, position, hint) => {
    expect(refused(text)).toMatchObject({ position, hint });
  });

  test.each([
    ["secret:a/**/b:read", 9],
    ["secret:app*:read", 7],
    ["secret:a/x*y/c:read", 9],
    ["secret:a/***:read", 9],
    ["secret:*/*/*/*:read", 13],
    ["secret:/a:read", 7],
    ["secret:a/:read", 9],
    ["secret:a//b:read", 9],
    ["secret:a/../b:read", 9],
    ["secret:a/./b:read", 9],
    ["secret:a/%2e%2e/b:read", 9],
    ["secret:a/versions/1:read", 9],
    ["secret:a\u0000:read", 7],
    ["secret:a/ b:read", 9],
    ["secret:e\u0301:read", 7],
    [`secret:${"a/".repeat(40)}a:read`, 7],
    [`secret:${"a/".repeat(40)}**:read`, 7],
  ])("refuses the pattern of %j where it goes wrong", (text, position) => {
    expect(refused(text).position).toBe(position);
  });

  test("refuses every text that it would not write itself", () => {
    const nearly = fc.tuple(
      fc.constantFrom(...resources, "*", "Secret", ""),
      fc.array(fc.constantFrom("a", "*", "**", "", "..", "é", "a*", "versions", " "), { maxLength: 5 }),
      fc.constantFrom(...actions, "*", "READ", ""),
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 80 }),
      nearly.map(([resource, segments, action]) => `${resource}:${segments.join("/")}:${action}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parsePermission(text);
        if (parsed.ok) return formatPermission(parsed.permission) === text;
        return parsed.position >= 0 && parsed.position <= text.length;
      }),
      { numRuns: 1000 },
    );
  });

  test("reads back every permission that it writes", () => {
    fc.assert(
      fc.property(samplePermission, (sample) => {
        expect(permission(formatPermission(sample))).toEqual(sample);
      }),
    );
  });
});

describe("covers", () => {
  test.each([
    ["*:**:*", "secret:a/b:read", true],
    ["*:**:*", "*:**:admin", true],
    ["secret:**:admin", "secret:**:*", true],
    ["secret:**:read", "secret::read", true],
    ["secret:a/**:read", "secret:a:read", true],
    ["secret:a/**:read", "secret:a/*/c:read", true],
    ["secret:a/**:read", "secret:a/b/**:read", true],
    ["secret:a/*:read", "secret:a/b:read", true],
    ["secret:a/*:read", "secret:a/*:read", true],
    ["secret:a/*:read", "secret:a/**:read", false],
    ["secret:a/*:read", "secret:a:read", false],
    ["secret:a/b:read", "secret:a/*:read", false],
    ["secret:a:read", "secret:a/b:read", false],
    ["secret::read", "secret:a:read", false],
    ["secret:*:read", "secret::read", false],
    ["secret:a/**:read", "secret:ab:read", false],
    ["secret:**:read", "*:**:read", false],
    ["secret:**:read", "secret:**:*", false],
    ["secret:**:read", "secret:**:write", false],
  ])("%s includes %s: %s", (wide, narrow, expected) => {
    expect(covers(permission(wide), permission(narrow))).toBe(expected);
  });

  test("is true only where whoever holds the second may do nothing that the first does not allow", () => {
    fc.assert(
      fc.property(samplePermission, samplePermission, sampleRequest, (wide, narrow, request) => {
        fc.pre(covers(wide, narrow));
        const may = (held: Permission) =>
          compile([{ role: "r", permissions: [held], conditions: [] }]).decide(request).allowed;
        expect(!may(narrow) || may(wide)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("is false only where some request tells the two apart", () => {
    fc.assert(
      fc.property(samplePermission, samplePermission, (wide, narrow) => {
        fc.pre(!covers(wide, narrow));
        expect(witnesses(narrow).some((request) => allows(narrow, request) && !allows(wide, request))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("includes itself", () => {
    fc.assert(fc.property(samplePermission, (sample) => covers(sample, sample)));
  });
});

/** Requests of the narrow permission with names that no sample holds, so that only a wildcard can match them. */
function witnesses(narrow: Permission) {
  const fresh = narrow.pattern.replaceAll(/(?<!\*)\*(?!\*)/g, "fresh-1");
  const paths = [
    fresh.replace(/\/?\*\*$/, ""),
    fresh.replace("**", "fresh-2"),
    fresh.replace("**", "fresh-2/fresh-3/fresh-4/fresh-5/fresh-6/fresh-7"),
  ];
  return resources.flatMap((resource) =>
    actions.flatMap((action) => paths.map((path) => ({ resource, action, path, attributes: {} }))),
  );
}

function allows(held: Permission, request: ReturnType<typeof witnesses>[number]): boolean {
  return compile([{ role: "r", permissions: [held], conditions: [] }]).decide(request).allowed;
}

describe("isGlobal", () => {
  test.each([
    ["tenant::read", false],
    ["tenant:acme:read", true],
    ["tenant:**:read", true],
    ["*:**:read", true],
    ["*::read", false],
    ["secret:**:read", false],
  ])("%s reaches past its own tenant: %s", (text, expected) => {
    expect(isGlobal(permission(text))).toBe(expected);
  });
});

test("the samples are canonical paths", () => {
  fc.assert(fc.property(samplePath, (path) => pathSegments(path) !== undefined));
});
