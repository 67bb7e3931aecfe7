import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "./compile.ts";
import type { Condition } from "./condition.ts";
import type { Reason, Request } from "./decision.ts";
import type { Grant } from "./grant.ts";
import { type Permission, parsePermission } from "./permission.ts";
import { decideByReading } from "./reference.ts";
import { sampleGrants, sampleRequest } from "./samples.fixture.ts";

const staging: Condition = { kind: "environment", oneOf: ["staging"] };

const grant = (role: string, texts: readonly string[], conditions: readonly Condition[] = []): Grant => ({
  role,
  permissions: texts.map((text): Permission => {
    const parsed = parsePermission(text);
    return parsed.ok ? parsed.permission : expect.fail(`${text}: ${parsed.problem}`);
  }),
  conditions,
});
const request = (text: string, attributes: Request["attributes"] = {}): Request => {
  const [resource, path, action] = text.split(":");
  return { resource, path, action, attributes } as Request;
};
const decide = (grants: readonly Grant[], text: string, attributes: Request["attributes"] = {}) =>
  compile(grants).decide(request(text, attributes));

test("the compiled decision equals the one made by reading, rule and reason included", () => {
  fc.assert(
    fc.property(sampleGrants, fc.array(sampleRequest, { minLength: 1, maxLength: 8 }), (grants, requests) => {
      const authorizer = compile(grants);
      for (const each of requests) expect(authorizer.decide(each)).toEqual(decideByReading(grants, each));
    }),
    { numRuns: 1500 },
  );
});

test("the reasons are public: adding or renaming one is a decision", () => {
  const reasons: Record<Reason, true> = {
    granted: true,
    no_permission: true,
    condition_not_met: true,
    path_not_canonical: true,
  };
  expect(Object.keys(reasons)).toHaveLength(4);
});

describe("decide", () => {
  test("denies by default, and says which permission was missing", () => {
    expect(decide([], "secret:a/b:read")).toEqual({
      allowed: false,
      missing: ["secret:a/b:read"],
      reason: "no_permission",
    });
  });

  test("names the most specific rule that allows, whatever the order of grants", () => {
    const wide = grant("wide", ["*:**:*", "secret:**:read", "secret:a/**:read", "secret:a/*:read"]);
    const narrow = grant("narrow", ["secret:a/b:read"]);
    for (const grants of [
      [wide, narrow],
      [narrow, wide],
    ]) {
      const { allowed, rule, reason } = decide(grants, "secret:a/b:read");
      expect({ allowed, rule, reason }).toEqual({
        allowed: true,
        rule: { role: "narrow", permission: "secret:a/b:read" },
        reason: "granted",
      });
    }
    expect(decide([wide], "secret:a/c:read").rule?.permission).toBe("secret:a/*:read");
    expect(decide([wide], "secret:a/c/d:read").rule?.permission).toBe("secret:a/**:read");
    expect(decide([wide], "secret:a/c:write").rule?.permission).toBe("*:**:*");
  });

  test("reads * as exactly one segment and ** as any number, also none", () => {
    const held = [grant("r", ["secret:a/*/c:read", "config:a/**:read"])];
    const allowed = (text: string) => decide(held, text).allowed;
    expect(["secret:a/b/c:read", "config:a:read", "config:a/b/c:read"].map(allowed)).toEqual([true, true, true]);
    expect(["secret:a/c:read", "secret:a/b/b/c:read", "config:ab:read", "config::read"].map(allowed)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test("takes an empty pattern for operations without a path only", () => {
    const held = [grant("r", ["audit::read"])];
    expect(decide(held, "audit::read").allowed).toBe(true);
    expect(decide(held, "audit:a:read").allowed).toBe(false);
  });

  test("lets admin imply every action on its resource and pattern, and nothing beside them", () => {
    const held = [grant("r", ["config:a/**:admin"])];
    for (const action of ["read", "write", "delete", "list", "rotate", "approve", "admin"]) {
      expect(decide(held, `config:a/b:${action}`).allowed).toBe(true);
      expect(decide(held, `secret:a/b:${action}`).allowed).toBe(false);
      expect(decide(held, `config:b:${action}`).allowed).toBe(false);
    }
  });

  test("goes on to the next rule when a condition does not hold", () => {
    const grants = [grant("narrow", ["secret:a:read"], [staging]), grant("wide", ["secret:**:read"])];
    expect(decide(grants, "secret:a:read").rule?.role).toBe("wide");
    expect(decide(grants, "secret:a:read", { environment: "staging" }).rule?.role).toBe("narrow");
  });

  test("treats a missing attribute as a condition that does not hold, and does not tell the two apart", () => {
    const grants = [grant("r", ["secret:**:read"], [staging])];
    const denied = {
      allowed: false,
      rule: { role: "r", permission: "secret:**:read" },
      missing: ["environment in staging"],
      reason: "condition_not_met",
    };
    expect(decide(grants, "secret:a:read")).toEqual(denied);
    expect(decide(grants, "secret:a:read", { environment: "production" })).toEqual(denied);
  });

  test("lists only the conditions that do not hold", () => {
    const both = [staging, { kind: "environment", oneOf: ["production"] } as const];
    expect(decide([grant("r", ["secret:**:read"], both)], "secret:a:read", { environment: "staging" }).missing).toEqual(
      ["environment in production"],
    );
  });

  test("never lets a condition of a kind that it does not know hold", () => {
    const unknown = [{ kind: "constructor" }] as unknown as Condition[];
    expect(decide([grant("r", ["secret:**:read"], unknown)], "secret:a:read")).toMatchObject({
      allowed: false,
      missing: ["a condition that this version does not know"],
    });
  });

  test("keeps every answer it may hand out twice out of reach of a caller's writes", () => {
    const authorizer = compile([grant("r", ["secret:**:read"])]);
    const first = authorizer.decide(request("secret:a:read"));
    expect(() => Object.assign(first, { allowed: false })).toThrow(TypeError);
    expect(() => (first.missing as string[]).push("x")).toThrow(TypeError);
    expect(authorizer.decide(request("secret:b:read"))).toEqual({ ...first });
  });
});

describe("what attackers tried (docs/attacks.md)", () => {
  test.each(["a/../b", "a/..", "./a", "a//b", "a/", "/a", `a/${"b".repeat(600)}`])(
    "1: denies the uncanonical path %j under a grant of everything",
    (path) => {
      expect(decide([grant("r", ["*:**:*"])], `secret:${path}:read`)).toEqual({
        allowed: false,
        missing: [],
        reason: "path_not_canonical",
      });
    },
  );

  test.each(["%2e%2e", "a%2fb", "a\\b", "A", "ａ"])(
    "1: takes %j for one segment that is not the granted one",
    (segment) => {
      expect(decide([grant("r", ["secret:a/b:read", "secret:a:read"])], `secret:${segment}:read`).allowed).toBe(false);
    },
  );

  test.each(["*", "**", "a*", "+", "?", ".*"])("7: a path that holds %j widens nothing", (text) => {
    const held = [grant("r", ["secret:team/a:read"])];
    expect(decide(held, `secret:team/${text}:read`).allowed).toBe(false);
    expect(decide(held, `secret:${text}:read`).allowed).toBe(false);
    expect(decide([grant("r", ["secret:*/x:read"])], `secret:${text}:read`).allowed).toBe(false);
  });

  test.each(["__proto__", "constructor", "hasOwnProperty"])("10: takes %j for a segment like any other", (text) => {
    expect(decide([grant("r", ["secret:a:read", "secret:b:read"])], `secret:${text}:read`).allowed).toBe(false);
    expect(decide([grant("r", [`secret:${text}:read`])], `secret:${text}:read`).allowed).toBe(true);
  });

  test("8: permission to read does not list, and to list a directory does not list what is in it", () => {
    const held = [grant("r", ["secret:team/**:read", "secret:team:list"])];
    expect(decide(held, "secret:team:list").allowed).toBe(true);
    expect(decide(held, "secret:team/a:list").allowed).toBe(false);
    expect(decide(held, "secret::list").allowed).toBe(false);
  });

  test("11: an answer holds nothing that the request and the grants do not say", () => {
    const held = [grant("r", ["secret:a:read"])];
    const answers = ["secret:b:read", "secret:c:read"].map((text) => decide(held, text));
    expect(answers.map(({ reason, allowed }) => ({ reason, allowed }))).toEqual([
      { reason: "no_permission", allowed: false },
      { reason: "no_permission", allowed: false },
    ]);
    expect(answers.map(({ missing }) => missing)).toEqual([["secret:b:read"], ["secret:c:read"]]);
  });
});

describe("explain", () => {
  test("gives the decision, and every rule with the first part of it that does not fit, nearest first", () => {
    const grants = [
      grant("one", ["config:**:read", "secret:b:read", "secret:a:write"]),
      grant("two", ["secret:a:read"], [staging]),
      grant("three", ["secret:**:read"]),
    ];
    expect(compile(grants).explain(request("secret:a:read"))).toEqual({
      ...decide(grants, "secret:a:read"),
      considered: [
        { role: "three", permission: "secret:**:read", verdict: "applies" },
        { role: "two", permission: "secret:a:read", verdict: "conditions" },
        { role: "one", permission: "secret:a:write", verdict: "action" },
        { role: "one", permission: "secret:b:read", verdict: "path" },
        { role: "one", permission: "config:**:read", verdict: "resource" },
      ],
      omitted: 0,
    });
  });

  test("is bounded, and counts what it leaves out", () => {
    const many = grant(
      "r",
      Array.from({ length: 130 }, (_, index) => `secret:k-${index}:read`),
    );
    const { considered, omitted } = compile([many]).explain(request("secret:k-129:read"));
    expect([considered.length, omitted]).toEqual([100, 30]);
    expect(considered[0]).toEqual({ role: "r", permission: "secret:k-129:read", verdict: "applies" });
  });

  test("says of an uncanonical path that no rule fits it", () => {
    const { reason, considered } = compile([grant("r", ["secret:**:read"])]).explain(request("secret:a/..:read"));
    expect(reason).toBe("path_not_canonical");
    expect(considered.map(({ verdict }) => verdict)).toEqual(["path"]);
  });

  test("decides as decide does", () => {
    fc.assert(
      fc.property(sampleGrants, sampleRequest, (grants, each) => {
        const authorizer = compile(grants);
        expect(authorizer.explain(each)).toMatchObject(authorizer.decide(each));
      }),
    );
  });
});
