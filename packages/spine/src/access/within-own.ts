import { type Context, Refusal } from "@holdfast/engine";
import { formatPermission, type Grant } from "@holdfast/policy";
import type { Access } from "./authorize.ts";

/** Nobody grants more than they hold: a role is given, or defined, only within one's own permissions. */
export async function insistWithinOwn(access: Access, context: Context, wanted: Omit<Grant, "role">): Promise<void> {
  const { holdings } = await access.compiled(context.principal.actor, context.tenant, context.reads);
  const [excess] = holdings.excessOf(wanted);
  if (excess === undefined) return;
  throw new Refusal("forbidden", `This actor does not hold ${formatPermission(excess)} and cannot give it.`, {
    hint: "Give a role within your own permissions, or ask someone who holds more.",
  });
}
