import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { parsePath } from "@holdfast/kernel/paths";
import type { ConsideredRule } from "@holdfast/policy";
import type { Access } from "./authorize.ts";

/** Finds the actor behind an accessor of this tenant; undefined when there is none. */
export type ActorOfAccessor = (context: Context, accessor: string) => string | undefined | Promise<string | undefined>;

export function explainDecision(access: Access, actorOf: ActorOfAccessor) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const { resource, path, action, accessor } = input.body as Record<"resource" | "path" | "action", string> & {
      readonly accessor?: string;
    };
    insistCanonical(path);
    const actor = accessor === undefined ? context.principal.actor : await otherActor(context, accessor, actorOf);
    const found = await access.explain(actor, context.tenant, { resource, path, action }, context.reads);
    const rule = found.rule === undefined ? undefined : `${found.rule.role} ${found.rule.permission}`;
    return {
      output: {
        allowed: found.allowed,
        rule: found.allowed && rule !== undefined ? rule : "default deny",
        missing: found.missing,
        considered: found.considered.map(consideredView),
      },
      facts: { resource, path, action, accessor },
    };
  };
}

/** The gate judges a path in its one spelling only, and so must whoever says what the gate would do (ATTACKS 1). */
function insistCanonical(path: string): void {
  if (path === "") return;
  const parsed = parsePath(path);
  if (!parsed.ok) throw new Refusal("path_not_canonical", `The path ${parsed.reason}.`);
}

/** What another may do is told only to those who may read policy. */
async function otherActor(context: Context, accessor: string, actorOf: ActorOfAccessor): Promise<string> {
  const allowed = await context.decide({ resource: "policy", path: "", action: "read" });
  if (!allowed.allowed) throw new Refusal("forbidden", "This actor may not look at another's decisions.");
  const actor = await actorOf(context, accessor);
  if (actor === undefined) throw new Refusal("not_found", "There is no such accessor.");
  return actor;
}

const WHY = {
  applies: "applies",
  conditions: "its condition does not hold",
  action: "is for another action",
  path: "is for another path",
  resource: "is for another resource",
} as const;

function consideredView({ role, permission, verdict }: ConsideredRule) {
  return { rule: `${role} ${permission}`, effect: verdict === "applies" ? "allow" : "none", why: WHY[verdict] };
}
