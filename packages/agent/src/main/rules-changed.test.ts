import { expect, it } from "vitest";
import { OwnFindings } from "./own-findings.ts";
import { tellRulesChanged, tellUnwatched } from "./rules-changed.ts";

const root = { actor: "ac_root", tenant: "tn_one", kind: "peer", credential: "uid:0" } as const;
const none = { added: [], changed: [], removed: [], content: "0f" };

function toldOf(difference: object, by: Parameters<ReturnType<typeof tellRulesChanged>>[1] = root) {
  const own = new OwnFindings("host", () => 0);
  tellRulesChanged(own)({ ...none, ...difference }, by);
  const [finding, ...others] = own.take();
  expect(others).toEqual([]);
  return finding!;
}

it("tells of a hundred imported rules in one finding, which names some and counts the rest", () => {
  const added = Array.from({ length: 100 }, (_, index) => `r${index}`);
  const { rule, details } = toldOf({ added });
  expect(rule).toMatchObject({ id: "agent-rules-changed", severity: "medium" });
  expect(details).toMatchObject({ by: "uid:0", changed: "", removed: "" });
  expect(details["added"]).toMatch(/^100: r0 r1 .* r19 and 80 more$/);
});

it("is serious when something is watched for otherwise, or no more, and never one with another", () => {
  const [changed, removed] = [toldOf({ changed: ["alpha"] }), toldOf({ removed: ["alpha"] })];
  expect([changed.rule.severity, removed.rule.severity]).toEqual(["high", "high"]);
  expect(changed.dedupKey).not.toBe(removed.dedupKey);
});

it("is another one when the same rule is changed to something else", () => {
  const [harmless, other] = ["aa", "bb"].map((content) => toldOf({ changed: ["alpha"], content }));
  expect(harmless!.dedupKey).not.toBe(other!.dedupKey);
});

it("names the actor of a token, not its accessor", () => {
  const token = { actor: "ac_one", tenant: "tn_one", kind: "token", credential: "tk_accessor" } as const;
  expect(toldOf({ added: ["x"] }, token).details["by"]).toBe("ac_one");
});

it("tells at a start when settings leave out what tells of changed settings and rules", () => {
  const own = new OwnFindings("host", () => 0);
  const rule = {} as never;
  const both = new Map([
    ["agent-file-changed", rule],
    ["agent-rule-files-changed", rule],
  ]);
  tellUnwatched(own, { rules: both, problems: [] });
  expect(own.take()).toEqual([]);
  both.delete("agent-file-changed");
  tellUnwatched(own, { rules: both, problems: [] });
  expect(own.take()).toMatchObject([{ rule: { severity: "high" }, details: { missing: "agent-file-changed" } }]);
});
