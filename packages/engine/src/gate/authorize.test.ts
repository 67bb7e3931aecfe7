import { describe, expect, test } from "vitest";
import type { AccessRequest, OperationDefinition } from "../operation.ts";
import type { Call } from "./call.ts";
import { bench, callTo, json, object, operationOf } from "./gate.fixture.ts";

async function decided(call: Partial<Call>, changes: Partial<OperationDefinition> = {}) {
  const requests: AccessRequest[] = [];
  const { gate } = bench({
    authorize: (_principal, _tenant, request) => {
      requests.push(request);
      return { allowed: true, reason: "role" };
    },
  });
  const answer = await gate.perform(
    callTo(
      operationOf(() => ({ output: 1 }), changes),
      call,
    ),
  );
  return { requests, answer };
}

describe("what a decision is asked", () => {
  const inBody: Partial<OperationDefinition> = {
    input: { body: object({ key: {} }) },
    permission: { resource: "thing", path: "key", action: "write" },
  };

  test("is actor, action and the path from the target", async () => {
    const { requests } = await decided({});
    expect(requests).toEqual([{ resource: "thing", path: "a/b", action: "write", scope: "tenant" }]);
  });

  test("takes the path from query or body when it stands there", async () => {
    const inQuery = { input: { query: object({ key: {} }) } };
    expect((await decided({ params: {}, query: { key: "q" } }, inQuery)).requests[0]?.path).toBe("q");
    expect((await decided({ params: {}, ...json('{"key":"b/c"}') }, inBody)).requests[0]?.path).toBe("b/c");
  });

  test("has no path when none is given, or the operation has none", async () => {
    expect((await decided({ params: {} }, inBody)).requests[0]?.path).toBe("");
    for (const path of [{}, { path: "" }]) {
      const permission = { resource: "audit", action: "read", ...path };
      expect((await decided({}, { permission })).requests[0]).toMatchObject({ resource: "audit", path: "" });
    }
  });

  test("is nothing where the operation decides each item itself", async () => {
    const { requests, answer } = await decided({}, { permission: null });
    expect(requests).toEqual([]);
    expect(answer.ok).toBe(true);
  });

  test.each(["a/../b", "a//b", "/a", "a/", "a%2fb", "a:b", "e\u0301", "a\u0000", ".", 5, null, {}, ["a"]])(
    "is never a path in another spelling, wherever it stood: %j (ATTACKS 1)",
    async (key) => {
      const { requests, answer } = await decided({ params: {}, ...json(JSON.stringify({ key })) }, inBody);
      expect(requests).toEqual([]);
      expect(answer).toMatchObject({ ok: false, refusal: { code: "path_not_canonical" } });
    },
  );

  test("says when an operation is for all tenants", async () => {
    expect((await decided({}, { scope: "global" })).requests[0]?.scope).toBe("global");
  });
});
