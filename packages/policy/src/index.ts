/** The front door of `@holdfast/policy`: permissions, roles, conditions, and decisions with their explanation. Pure. */
export { type BuiltInRole, builtInRole, builtInRoles } from "./built-in-roles.ts";
export { type Authorizer, compile } from "./compile.ts";
export type { Attributes, Condition } from "./condition.ts";
export type { DecidingRule, Decision, Reason, Request } from "./decision.ts";
export type { ConsideredRule, Explanation, Verdict } from "./explain.ts";
export { type Grant, globalRole, grantsWithin } from "./grant.ts";
export { Holdings } from "./holdings.ts";
export {
  type Action,
  formatPermission,
  type Permission,
  type Resource,
} from "./permission.ts";
export { type DefinedRole, defineRole, type Role, type RoleProblem, type RoleText } from "./role.ts";
